# SPDX-License-Identifier: MIT
"""Makes backbones.json: values of the embedding networks and of the translation networks, from PyTorch.

    pip install torch==2.13.0 && python make_backbones.py

The networks are written here once more, out of `torch.nn` modules and from the papers' tables. They are evaluated
in double precision, so that a fixture holds the exact answer for its weights, to about 1e-12, and a test's tolerance
is about its own rounding only. Printed are the largest deviations of PyTorch itself in single precision: what a
correct implementation in single precision is entitled to.

All values come from one table of 65,521 numbers (a prime, so that no row of a weight repeats another):
    s(0) = 1,  s(j + 1) = 1664525 · s(j) + 1013904223 mod 2³²,  u(j) = ⌊s(j + 1) / 256⌋ / 2²³ − 1  in [−1, 1).
Element i of the tensor named `key` is u((h + i) mod 65521), h the 64-bit FNV-1a hash of the key mod 65521, turned into
    a weight of four dimensions   √(6 · rows / elements) · u
    `gap.p`                       3 + u / 2
    `….running_var`               1 + u / 2
    `….running_mean`              u / 5
    `….weight`                    1/2 + u / 5
    `….bias`                      1/5 + u / 5
(scales of 1/2 and positive shifts keep a deep network from magnifying roundings). Input pixels are u of the key `images`, image n (from 0) times (n + 1) / 2, so that images differ in contrast.
"""

import json
from pathlib import Path

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


def fill(network):
    for key, tensor in network.state_dict().items():
        if key.endswith("num_batches_tracked"):
            continue
        values = pattern(key, tensor.shape)
        if tensor.dim() == 4:
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


class InstanceBatch(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.half = channels // 2
        self.IN = nn.InstanceNorm2d(self.half, affine=True)
        self.BN = nn.BatchNorm2d(channels - self.half)

    def forward(self, maps):
        return torch.cat([self.IN(maps[:, : self.half]), self.BN(maps[:, self.half :])], dim=1)


def shortcut(entering, leaving, stride):
    if stride == 1 and entering == leaving:
        return None
    return nn.Sequential(nn.Conv2d(entering, leaving, 1, stride, bias=False), nn.BatchNorm2d(leaving))


class TwoConvolutions(nn.Module):
    expansion = 1

    def __init__(self, entering, width, stride, instance_batch):
        super().__init__()
        self.conv1 = nn.Conv2d(entering, width, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.downsample = shortcut(entering, width, stride)

    def forward(self, maps):
        beside = self.downsample(maps) if self.downsample else maps
        return functional.relu(self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(maps))))) + beside)


class ThreeConvolutions(nn.Module):
    expansion = 4

    def __init__(self, entering, width, stride, instance_batch):
        super().__init__()
        self.conv1 = nn.Conv2d(entering, width, 1, bias=False)
        self.bn1 = InstanceBatch(width) if instance_batch else nn.BatchNorm2d(width)
        self.conv2 = nn.Conv2d(width, width, 3, stride, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(width)
        self.conv3 = nn.Conv2d(width, 4 * width, 1, bias=False)
        self.bn3 = nn.BatchNorm2d(4 * width)
        self.downsample = shortcut(entering, 4 * width, stride)

    def forward(self, maps):
        beside = self.downsample(maps) if self.downsample else maps
        inner = functional.relu(self.bn2(self.conv2(functional.relu(self.bn1(self.conv1(maps))))))
        return functional.relu(self.bn3(self.conv3(inner)) + beside)


class GeneralisedMean(nn.Module):
    def __init__(self):
        super().__init__()
        self.p = nn.Parameter(torch.full([1], 3.0))

    def forward(self, maps):
        return maps.clamp(min=1e-6).pow(self.p).mean(dim=(2, 3)).pow(1 / self.p)


class EmbeddingNetwork(nn.Module):
    def __init__(self, block, counts, instance_batch=False):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        entering = 64
        for stage, count in enumerate(counts):
            width = 64 * 2**stage
            blocks = []
            for position in range(count):
                # Layer 4 keeps its resolution: the last stride is removed.
                stride = 2 if position == 0 and stage in (1, 2) else 1
                blocks.append(block(entering, width, stride, instance_batch and stage < 3))
                entering = width * block.expansion
            setattr(self, f"layer{stage + 1}", nn.Sequential(*blocks))
        self.gap = GeneralisedMean()
        self.feat_bn = nn.BatchNorm1d(entering)

    def forward(self, maps):
        maps = functional.max_pool2d(functional.relu(self.bn1(self.conv1(maps))), 3, 2, 1)
        pooled = self.gap(self.layer4(self.layer3(self.layer2(self.layer1(maps)))))
        return pooled, self.feat_bn(pooled)


EMBEDDING_NETWORKS = {
    "resnet18": lambda: EmbeddingNetwork(TwoConvolutions, [2, 2, 2, 2]),
    "resnet50": lambda: EmbeddingNetwork(ThreeConvolutions, [3, 4, 6, 3]),
    "resnet50_ibn_a": lambda: EmbeddingNetwork(ThreeConvolutions, [3, 4, 6, 3], instance_batch=True),
}

# Only those present in a network are stored. No shift before another normalisation: its gradient is a sum that all
# but cancels.
OBSERVED_GRADIENTS = [
    "conv1.weight", "bn1.weight", "layer1.0.bn1.IN.weight", "layer1.0.downsample.0.weight", "layer2.0.conv1.weight",
    "layer3.1.conv2.weight", "layer4.0.conv2.weight", "layer4.0.downsample.1.weight", "gap.p", "feat_bn.weight",
]
OBSERVED_STATISTICS = ["bn1", "layer1.0.bn1.BN", "layer2.0.downsample.1", "layer4.1.bn2", "feat_bn"]


def summary(tensor):
    """The first eight columns of every row, and the root mean square of everything."""
    return {"beginnings": tensor[:, :8].flatten().tolist(), "rootMeanSquare": tensor.square().mean().sqrt().item()}


def embedding_values(make, dtype):
    network = fill(make()).to(dtype)
    batch = images([4, 3, 64, 32]).to(dtype)
    with torch.no_grad():
        pooled, embedding = network.eval()(batch)
    inference = {"pooled": summary(pooled), "embedding": summary(embedding)}
    pooled, embedding = network.train()(batch)
    loss = ((embedding.square() + pooled.square()) * pattern("loss", embedding.shape).to(dtype)).mean()
    loss.backward()
    gradients = dict(network.named_parameters())
    state = network.state_dict()
    training = {
        "pooled": summary(pooled.detach()),
        "embedding": summary(embedding.detach()),
        "loss": loss.item(),
        "gradientNorms": {k: gradients[k].grad.double().norm().item() for k in OBSERVED_GRADIENTS if k in gradients},
        "runningMeans": {k: state[k + ".running_mean"][:4].tolist()
                         for k in OBSERVED_STATISTICS if k + ".running_mean" in state},
        "runningVariances": {k: state[k + ".running_var"][:4].tolist()
                             for k in OBSERVED_STATISTICS if k + ".running_var" in state},
    }
    return {
        "parameterCount": sum(p.numel() for p in network.parameters()),
        "keyCount": len(state),
        "inference": inference,
        "training": training,
    }


# Translation networks


class ResidualBlock(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.conv_block = nn.Sequential(
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width), nn.ReLU(),
            nn.ReflectionPad2d(1), nn.Conv2d(width, width, 3), nn.InstanceNorm2d(width))

    def forward(self, maps):
        return maps + self.conv_block(maps)


class Generator(nn.Module):
    def __init__(self, channels, block_count):
        super().__init__()
        layers = [nn.ReflectionPad2d(3), nn.Conv2d(3, channels, 7), nn.InstanceNorm2d(channels), nn.ReLU()]
        for width in (channels, 2 * channels):
            layers += [nn.Conv2d(width, 2 * width, 3, 2, 1), nn.InstanceNorm2d(2 * width), nn.ReLU()]
        layers += [ResidualBlock(4 * channels) for _ in range(block_count)]
        for width in (4 * channels, 2 * channels):
            layers += [nn.ConvTranspose2d(width, width // 2, 3, 2, 1, output_padding=1),
                       nn.InstanceNorm2d(width // 2), nn.ReLU()]
        layers += [nn.ReflectionPad2d(3), nn.Conv2d(channels, 3, 7), nn.Sigmoid()]
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


def translation_values(make, dtype):
    network = fill(make()).to(dtype)
    result = network(images([2, 3, 32, 32]).to(dtype))
    loss = (result * pattern("loss", result.shape).to(dtype)).mean()
    loss.backward()
    return {
        "parameterCount": sum(p.numel() for p in network.parameters()),
        "shape": list(result.shape),
        "output": summary(result.detach().flatten(1)),
        "gradientNorms": {k: p.grad.double().norm().item() for k, p in network.named_parameters() if k.endswith("weight")},
    }


def deviation(single, exact, scale=0.0):
    """The largest difference, relative to the value, or to its tensor's root mean square where that is larger."""
    if isinstance(exact, dict):
        scale = exact.get("rootMeanSquare", 0.0)
        return max(deviation(single[key], exact[key], scale) for key in exact)
    if isinstance(exact, list):
        scale = max([scale] + [abs(value) for value in exact])
        return max(deviation(a, b, scale) for a, b in zip(single, exact))
    return abs(single - exact) / max(abs(exact), scale)


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


fixture = {"embeddingNetworks": {}, "translationNetworks": {}}
recipes = [("embeddingNetworks", name, embedding_values, make) for name, make in EMBEDDING_NETWORKS.items()] + [
    ("translationNetworks", "generator", translation_values, lambda: Generator(8, 2)),
    ("translationNetworks", "discriminator", translation_values, lambda: Discriminator(8)),
]
for group, name, values, make in recipes:
    exact = values(make, torch.float64)
    print(f"{name}: single precision deviates by {deviation(values(make, torch.float32), exact):.1e}")
    fixture[group][name] = rounded(exact)
target = Path(__file__).with_name("backbones.json")
target.write_text(json.dumps(fixture, indent=1) + "\n")
