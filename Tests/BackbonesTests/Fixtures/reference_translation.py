# SPDX-License-Identifier: MIT
"""The translation networks, written once more out of `torch.nn` modules and from the papers' tables."""

from torch import nn
from torch.nn import functional


class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width))

    def forward(self, maps):
        return maps + self.conv_block(maps)


class Generator(nn.Module):
    def __init__(self, channels, block_count, last=nn.Sigmoid):
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, channels, 7), nn.InstanceNorm2d(channels), nn.ReLU()]
        for width in (channels, 2 * channels):
            layers += [nn.Conv2d(width, 2 * width, 3, 2, 1), nn.InstanceNorm2d(2 * width), nn.ReLU()]
        layers += [ResidualBlock(4 * channels) for _ in range(block_count)]
        for width in (4 * channels, 2 * channels):
            layers += [nn.ConvTranspose2d(width, width // 2, 3, 2, 1, output_padding=1),
                       nn.InstanceNorm2d(width // 2), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(channels, 3, 7), last()]
        self.model = nn.Sequential(*layers)

    def forward(self, maps):
        return self.model(maps)


class Discriminator(nn.Module):
    def __init__(self, channels):
        super().__init__()
        layers = [nn.Conv2d(3, channels, 4, 2, 1), nn.LeakyReLU(0.2)]
        for factor, stride in ((1, 2), (2, 2), (4, 1)):
            width = channels * factor
            layers += [nn.Conv2d(width, 2 * width, 4, stride, 1), nn.InstanceNorm2d(2 * width), nn.LeakyReLU(0.2)]
        self.model = nn.Sequential(*layers, nn.Conv2d(8 * channels, 1, 4, 1, 1))

    def forward(self, maps):
        return self.model(maps)


class Metric(nn.Module):
    """Half of its hidden values are left out, by a mask that is given."""

    def __init__(self, channels, length):
        super().__init__()
        widths = [3, channels, 2 * channels, 4 * channels]
        self.conv = nn.ModuleList(nn.Conv2d(a, b, 4, 2, 1) for a, b in zip(widths, widths[1:]))
        self.linear = nn.ModuleList([nn.Linear(length, 128, bias=False), nn.Linear(128, 64, bias=False)])

    def forward(self, maps, mask):
        for convolution in self.conv:
            maps = functional.max_pool2d(functional.leaky_relu(convolution(maps), 0.2), 2)
        hidden = functional.leaky_relu(self.linear[0](maps.flatten(1)), 0.2)
        return functional.normalize(self.linear[1](hidden * mask), dim=1)
