# SPDX-License-Identifier: MIT
"""What all traces share: how numbers are represented, the images of a batch, and what is recorded of a step."""

import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "BackbonesTests" / "Fixtures"))

from reference_networks import EMBEDDING_NETWORKS, fill, pattern  # noqa: E402

ITERATIONS = 5
SOURCE_CLASSES = 6
SEED = 5
STATISTICS = ["bn1", "layer2.0.downsample.1", "layer4.1.bn2", "feat_bn"]


class Setting:
    """How numbers are represented."""

    def __init__(self, dtype, layout):
        self.dtype, self.layout = dtype, layout

    def tensor(self, values):
        values = values.to(self.dtype)
        return values.contiguous(memory_format=self.layout) if values.dim() == 4 else values.clone()

    def network(self, make, name):
        network = fill(make(), name).to(self.dtype)
        for parameter in network.parameters():
            if parameter.dim() == 4:
                parameter.data = parameter.data.contiguous(memory_format=self.layout)
        return network

    def embedding_network(self, name):
        network = self.network(EMBEDDING_NETWORKS["resnet18"], name)
        network.feat_bn.bias.requires_grad_(False)
        return network

    def rows(self, name, classes):
        return self.tensor(pattern(name, [classes, 512]) / 10).requires_grad_()

    def images(self, domain, step, classes, size, view=0):
        height, width = size
        colours = torch.stack([pattern(f"class {c}", [3, height // 8, width // 8]) for c in classes])
        squares = colours.repeat_interleave(8, dim=2).repeat_interleave(8, dim=3)
        return self.tensor(squares + pattern(f"noise {domain} {step} {view}", squares.shape) / 2)


def labels(step, count, classes):
    return [(step + i // 2) % classes for i in range(count)]


# What is recorded


def length(tensors):
    return sum(tensor.detach().double().square().sum().item() for tensor in tensors) ** 0.5


class Watched:
    """A network's trained tensors, or several networks' together, and where they began."""

    def __init__(self, tensors):
        self.tensors = [tensor for tensor in tensors if tensor.requires_grad]
        self.start = [tensor.detach().clone() for tensor in self.tensors]

    def gradient(self):
        return [length(tensor.grad for tensor in self.tensors if tensor.grad is not None)]

    def moved(self):
        return [length(tensor - start for tensor, start in zip(self.tensors, self.start))]


def statistics(name, network, branches):
    state = network.state_dict()
    places = [(layer, f"{layer}{branch}") for layer in STATISTICS for branch in branches]
    return {
        f"{name}.{place}.{kind}": state[f"{place}.{kind}"][:2].double().tolist()
        for _, place in places for kind in ("running_mean", "running_var")
    }


def values(losses):
    return {f"loss {name}": [loss.item()] for name, loss in losses.items()}


# The batches of most methods
SIZE = (32, 16)
BATCH = 8
# Images that are normalised together, where there are groups.
GROUP = 4
