# SPDX-License-Identifier: MIT
"""The embedding networks, written once more out of `torch.nn` modules and from the papers' tables, and the values that
fixtures fill them and the translation networks of reference_translation.py with.

All values come from one table of 65,521 numbers (a prime, so that no row of a weight repeats another):
    s(0) = 1,  s(j + 1) = 1664525 · s(j) + 1013904223 mod 2³²,  u(j) = ⌊s(j + 1) / 256⌋ / 2²³ − 1  in [−1, 1).
Element i of the tensor named `key` is u((h + i) mod 65521), h the 64-bit FNV-1a hash of the key mod 65521, turned into
    a weight of two or four
    dimensions                    √(6 · rows / elements) · u
    `gap.p`                       3 + u / 2
    `….running_var`               1 + u / 2
    `….running_mean`              u / 5
    `….weight`                    1/2 + u / 5
    `….bias`                      1/5 + u / 5
(scales of 1/2 and positive shifts keep a deep network from magnifying roundings). Input pixels are u of the key
`images`, image n (from 0) times (n + 1) / 2, so that images differ in contrast; those of `patches` below differ more.
"""

import torch
from torch import nn
from torch.nn import functional

TABLE_LENGTH = 65521


def made_table():
    state, values = 1, []
    for _ in range(TABLE_LENGTH):
        state = (1664525 * state + 1013904223) % 2**32
        values.append((state >> 8) / 2**23 - 1)
    return torch.tensor(values)


TABLE = made_table()


def fingerprint(name):
    value = 0xCBF29CE484222325
    for byte in name.encode():
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


def pattern(key, shape):
    count = torch.Size(shape).numel()
    return TABLE[(fingerprint(key) % TABLE_LENGTH + torch.arange(count)) % TABLE_LENGTH].reshape(shape)


def images(shape):
    contrast = (torch.arange(shape[0]) + 1) / 2
    return pattern("images", shape) * contrast.reshape(-1, 1, 1, 1)


def patches(shape, side=32):
    """Images of which no two look alike: squares of one colour each, growing in contrast, under a quarter of noise."""
    count, channels, height, width = shape
    colours = pattern("patches", [count, channels, height // side, width // side])
    contrast = (torch.arange(count) + 1) / 2
    squares = colours.repeat_interleave(side, 2).repeat_interleave(side, 3) * contrast.reshape(-1, 1, 1, 1)
    return squares + pattern("images", shape) / 4


def fill(network, name=""):
    """Gives a network its values. One of several is told from the others by a name before its keys."""
    for key, tensor in network.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        values = pattern(name + key, tensor.shape)
        if tensor.dim() in (2, 4):
            values = values * (6 * tensor.shape[0] / tensor.numel()) ** 0.5
        elif key == "gap.p":
            values = 3 + values * 0.5
        elif key.endswith("running_var"):
            values = 1 + values * 0.5
        elif key.endswith("weight"):
            values = 0.5 + values * 0.2
        elif key.endswith("bias"):
            values = 0.2 + values * 0.2
        else:
            values = values * 0.2
        tensor.copy_(values)
    return network


# Embedding networks


def joined(layers, parts):
    """Each layer's result for its channels, side by side; parts and results in the layout that the whole map has."""
    layout = torch.contiguous_format if parts[0].stride(3) == 1 else torch.channels_last
    results = [layer(part.contiguous(memory_format=layout)) for layer, part in zip(layers, parts)]
    return torch.cat([result.contiguous(memory_format=layout) for result in results], dim=1)


class InstanceBatch(nn.Module):
    """IBN-a of residual networks: the first half of the channels by instance."""

    def __init__(self, channels):
        super().__init__()
        self.half = channels // 2
        self.IN = nn.InstanceNorm2d(self.half, affine=True)
        self.BN = nn.BatchNorm2d(channels - self.half)

    def forward(self, maps):
        return joined([self.IN, self.BN], [maps[:, : self.half], maps[:, self.half :]])


class BatchInstance(nn.Module):
    """IBN-a of DenseNets: the last two fifths of the channels by instance."""

    def __init__(self, channels):
        super().__init__()
        self.part = 3 * channels // 5
        self.BN = nn.BatchNorm2d(self.part)
        self.IN = nn.InstanceNorm2d(channels - self.part, affine=True)

    def forward(self, maps):
        return joined([self.BN, self.IN], [maps[:, : self.part], maps[:, self.part :]])


def shortcut(entering, leaving, stride):
    if stride == 1 and entering == leaving:
        return None
    return nn.Sequential(nn.Conv2d(entering, leaving, 1, stride, bias=False), nn.BatchNorm2d(leaving))


class TwoConvolutions(nn.Module):
    expansion = 1

    def __init__(self, entering, planes, stride, instance_batch):
        super().__init__()
        self.conv1 = nn.Conv2d(entering, planes, 3, stride, 1, bias=False)
        self.bn1 = InstanceBatch(planes) if instance_batch else nn.BatchNorm2d(planes)
        self.conv2 = nn.Conv2d(planes, planes, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample = shortcut(entering, planes, stride)

    def forward(self, maps):
        beside = self.downsample(maps) if self.downsample else maps
        return functional.relu(self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(maps))))) + beside)


class ThreeConvolutions(nn.Module):
    expansion = 4
    groups, group_width = 1, 64

    def __init__(self, entering, planes, stride, instance_batch):
        super().__init__()
        inner = planes * self.group_width // 64 * self.groups
        self.conv1 = nn.Conv2d(entering, inner, 1, bias=False)
        self.bn1 = InstanceBatch(inner) if instance_batch else nn.BatchNorm2d(inner)
        self.conv2 = nn.Conv2d(inner, inner, 3, stride, 1, groups=self.groups, bias=False)
        self.bn2 = nn.BatchNorm2d(inner)
        self.conv3 = nn.Conv2d(inner, 4 * planes, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * planes)
        self.downsample = shortcut(entering, 4 * planes, stride)

    def forward(self, maps):
        beside = self.downsample(maps) if self.downsample else maps
        inner = functional.relu(self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(maps))))))
        return functional.relu(self.bn3(self.conv3(inner)) + beside)


class ThirtyTwoGroups(ThreeConvolutions):
    groups, group_width = 32, 4


class Residual(nn.Module):
    def __init__(self, block, counts, instance_batch=False):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        entering = 64
        for stage, count in enumerate(counts):
            planes = 64 * 2**stage
            blocks = []
            for position in range(count):
                # Layer 4 keeps its resolution: the last stride is removed.
                stride = 2 if position == 0 and stage in (1, 2) else 1
                blocks.append(block(entering, planes, stride, instance_batch and stage < 3))
                entering = planes * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.dimension = entering

    def maps(self, maps):
        maps = functional.max_pool2d(functional.relu(self.bn1(self.conv1(maps))), 3, 2, 1)
        return self.layer4(self.layer3(self.layer2(self.layer1(maps))))


class DenseLayer(nn.Module):
    def __init__(self, entering, instance_batch):
        super().__init__()
        self.norm1 = BatchInstance(entering) if instance_batch else nn.BatchNorm2d(entering)
        self.conv1 = nn.Conv2d(entering, 128, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(128)
        self.conv2 = nn.Conv2d(128, 32, 3, 1, 1, bias=False)

    def forward(self, maps):
        inner = functional.relu(self.norm2(self.conv1(functional.relu(self.norm1(maps)))))
        return torch.cat([maps, self.conv2(inner)], dim=1)


class Transition(nn.Module):
    def __init__(self, entering):
        super().__init__()
        self.norm = nn.BatchNorm2d(entering)
        self.conv = nn.Conv2d(entering, entering // 2, 1, bias=False)

    def forward(self, maps):
        return functional.avg_pool2d(self.conv(functional.relu(self.norm(maps))), 2)


class Dense(nn.Module):
    def __init__(self, counts):
        super().__init__()
        self.features = nn.Module()
        self.features.conv0 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.features.norm0 = nn.BatchNorm2d(64)
        channels = 64
        self.parts = []
        for block, count in enumerate(counts):
            layers = nn.Module()
            for layer in range(count):
                setattr(layers, f"denselayer{layer + 1}", DenseLayer(channels, block < 3 and layer % 3 == 0))
                self.parts.append(("denseblock", block + 1, layer + 1))
                channels += 32
            setattr(self.features, f"denseblock{block + 1}", layers)
            if block < 3:
                setattr(self.features, f"transition{block + 1}", Transition(channels))
                self.parts.append(("transition", block + 1, 0))
                channels //= 2
        self.features.norm5 = nn.BatchNorm2d(channels)
        self.dimension = channels

    def maps(self, maps):
        maps = functional.max_pool2d(functional.relu(self.features.norm0(self.features.conv0(maps))), 3, 2, 1)
        for kind, block, layer in self.parts:
            part = getattr(self.features, f"{kind}{block}")
            maps = getattr(part, f"denselayer{layer}")(maps) if layer else part(maps)
        return functional.relu(self.features.norm5(maps))


class SplitAttention(nn.Module):
    def __init__(self, channels):
        super().__init__()
        inner = max(channels // 2, 32)
        self.conv = nn.Conv2d(channels, 2 * channels, 3, 1, 1, groups=2, bias=False)
        self.bn0 = nn.BatchNorm2d(2 * channels)
        self.fc1 = nn.Conv2d(channels, inner, 1)
        self.bn1 = nn.BatchNorm2d(inner)
        self.fc2 = nn.Conv2d(inner, 2 * channels, 1)

    def forward(self, maps):
        both = functional.relu(self.bn0(self.conv(maps)))
        # Averaged, then added, as Passerby does it. The other way round is the same but for roundings, which turn over
        # ReLUs: no two orders agree in single precision.
        first, second = functional.adaptive_avg_pool2d(both, 1).chunk(2, dim=1)
        scores = self.fc2(functional.relu(self.bn1(self.fc1(first + second))))
        shares = torch.softmax(scores.reshape(len(scores), 2, -1), dim=1).reshape(scores.shape)
        halves = zip(both.chunk(2, dim=1), shares.chunk(2, dim=1))
        return sum(half * share for half, share in halves)


class SplitAttentionBlock(nn.Module):
    def __init__(self, entering, planes, stride):
        super().__init__()
        self.stride = stride
        self.conv1 = nn.Conv2d(entering, planes, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(planes)
        self.conv2 = SplitAttention(planes)
        self.conv3 = nn.Conv2d(planes, 4 * planes, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * planes)
        self.downsample = None
        if stride != 1 or entering != 4 * planes:
            pool = nn.AvgPool2d(stride, stride, ceil_mode=True, count_include_pad=False)
            self.downsample = nn.Sequential(
                pool, nn.Conv2d(entering, 4 * planes, 1, bias=False), nn.BatchNorm2d(4 * planes))

    def forward(self, maps):
        beside = self.downsample(maps) if self.downsample else maps
        inner = self.conv2(functional.relu(self.bn1(self.conv1(maps))))
        if self.stride > 1:
            inner = functional.avg_pool2d(inner, 3, self.stride, 1)
        return functional.relu(self.bn3(self.conv3(inner)) + beside)


class SplitAttentionNetwork(nn.Module):
    def __init__(self, counts, stem):
        super().__init__()
        self.conv1 = nn.Sequential(
            nn.Conv2d(3, stem, 3, 2, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU(),
            nn.Conv2d(stem, stem, 3, 1, 1, bias=False), nn.BatchNorm2d(stem), nn.ReLU(),
            nn.Conv2d(stem, 2 * stem, 3, 1, 1, bias=False))
        self.bn1 = nn.BatchNorm2d(2 * stem)
        entering = 2 * stem
        for stage, count in enumerate(counts):
            blocks = []
            for position in range(count):
                stride = 2 if position == 0 and stage > 0 else 1
                blocks.append(SplitAttentionBlock(entering, 64 * 2**stage, stride))
                entering = 4 * 64 * 2**stage
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.dimension = entering

    def maps(self, maps):
        maps = functional.max_pool2d(functional.relu(self.bn1(self.conv1(maps))), 3, 2, 1)
        return self.layer4(self.layer3(self.layer2(self.layer1(maps))))


class GeneralisedMean(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.Parameter(torch.full([1], 3.0))

    def forward(self, maps):
        return maps.clamp(min=1e-6).pow(self.p).mean(dim=(2, 3)).pow(1 / self.p)


def with_head(base, average=False, embedding=None):
    """Gives a backbone its pooling, its embedding layer and its neck; the keys of all are on one level."""
    base.gap = nn.AdaptiveAvgPool2d(1) if average else GeneralisedMean()
    if embedding:
        base.feat = nn.Linear(base.dimension, embedding)
    base.feat_bn = nn.BatchNorm1d(embedding or base.dimension)

    def forward(batch):
        pooled = base.gap(base.maps(batch)).flatten(1)
        return pooled, base.feat_bn(base.feat(pooled) if embedding else pooled)

    base.forward = forward
    return base


EMBEDDING_NETWORKS = {
    "resnet18": lambda: with_head(Residual(TwoConvolutions, [2, 2, 2, 2])),
    "resnet34": lambda: with_head(Residual(TwoConvolutions, [3, 4, 6, 3])),
    "resnet50": lambda: with_head(Residual(ThreeConvolutions, [3, 4, 6, 3])),
    "resnet101": lambda: with_head(Residual(ThreeConvolutions, [3, 4, 23, 3])),
    "resnet18_ibn_a": lambda: with_head(Residual(TwoConvolutions, [2, 2, 2, 2], instance_batch=True)),
    "resnet50_ibn_a": lambda: with_head(Residual(ThreeConvolutions, [3, 4, 6, 3], instance_batch=True)),
    "resnet101_ibn_a": lambda: with_head(Residual(ThreeConvolutions, [3, 4, 23, 3], instance_batch=True)),
    "resnext101_ibn_a": lambda: with_head(Residual(ThirtyTwoGroups, [3, 4, 23, 3], instance_batch=True)),
    "densenet121_ibn_a": lambda: with_head(Dense([6, 12, 24, 16])),
    "densenet169_ibn_a": lambda: with_head(Dense([6, 12, 32, 32])),
    "resnest50": lambda: with_head(SplitAttentionNetwork([3, 4, 6, 3], 32)),
    "resnest101": lambda: with_head(SplitAttentionNetwork([3, 4, 23, 3], 64)),
}
# Other heads, on the smallest backbone.
HEADS = {
    "average": lambda: with_head(Residual(TwoConvolutions, [2, 2, 2, 2]), average=True),
    "average and embedding": lambda: with_head(Residual(TwoConvolutions, [2, 2, 2, 2]), average=True, embedding=16),
}
