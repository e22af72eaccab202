# SPDX-License-Identifier: MIT
"""ResNet-50 for re-identification in plain PyTorch: stride 1 in its last stage, pooling, and a batch-normalised neck."""

import torch
from torch import nn

DIMENSION = 2048


class DomainNorm(nn.Module):
    """Batch normalisation of the source's half of a batch and of the target's by statistics of their own."""

    def __init__(self, kind, channels):
        super().__init__()
        self.source, self.target = kind(channels), kind(channels)

    def forward(self, x):
        if not self.training:
            return self.target(x)
        source, target = x.chunk(2)
        return torch.cat([self.source(source), self.target(target)])


class Block(nn.Module):
    """A bottleneck: 1×1, 3×3 and 1×1 around a shortcut."""

    def __init__(self, entering, width, stride, norm):
        super().__init__()
        self.first, self.second = nn.Conv2d(entering, width, 1, bias=False), nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.third = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.norms = nn.ModuleList([norm(nn.BatchNorm2d, width), norm(nn.BatchNorm2d, width), norm(nn.BatchNorm2d, 4 * width)])
        self.shortcut = None
        if stride != 1 or entering != 4 * width:
            self.shortcut = nn.Sequential(
                nn.Conv2d(entering, 4 * width, 1, stride, bias=False), norm(nn.BatchNorm2d, 4 * width))

    def forward(self, x):
        y = self.norms[0](self.first(x)).relu_()
        y = self.norms[1](self.second(y)).relu_()
        y = self.norms[2](self.third(y))
        return (y + (x if self.shortcut is None else self.shortcut(x))).relu_()


class Network(nn.Module):
    """
    domains     1 for statistics that all images share, 2 for those of source and target apart
    gem         the generalised mean as pooling instead of the average
    """

    def __init__(self, domains=1, gem=False):
        super().__init__()
        norm = DomainNorm if domains == 2 else lambda kind, channels: kind(channels)
        blocks, entering = [], 64
        for width, depth, stride in [(64, 3, 1), (128, 4, 2), (256, 6, 2), (512, 3, 1)]:
            for index in range(depth):
                blocks.append(Block(entering, width, stride if index == 0 else 1, norm))
                entering = 4 * width
        self.entrance = nn.Sequential(
            nn.Conv2d(3, 64, 7, 2, 3, bias=False), norm(nn.BatchNorm2d, 64), nn.ReLU(inplace=True), nn.MaxPool2d(3, 2, 1))
        self.blocks, self.neck = nn.Sequential(*blocks), norm(nn.BatchNorm1d, DIMENSION)
        self.power = nn.Parameter(torch.full([1], 3.0)) if gem else None

    def maps(self, images):
        return self.blocks(self.entrance(images))

    def head(self, maps):
        """What triplet losses take, and the embedding."""
        if self.power is None:
            pooled = maps.mean((2, 3))
        else:
            pooled = maps.clamp(min=1e-6).pow(self.power).mean((2, 3)).pow(1 / self.power)
        return pooled, self.neck(pooled)
