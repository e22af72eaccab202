# SPDX-License-Identifier: MIT
"""Makes backbones.json: values of the embedding networks and of the translation networks, from PyTorch.

    pip install torch==2.13.0 && python make_backbones.py [--single FILE]

The networks and the rule that fills them are those of reference_networks.py and reference_translation.py. They are
evaluated in double precision,
so that a fixture holds the exact answer for its weights, to about 1e-12, and a test's tolerance is about its own
rounding only. Printed are the largest deviations of PyTorch itself in single precision, in both memory layouts: what a
correct implementation in single precision is entitled to.

`--single FILE` writes instead what this machine's PyTorch gives in single precision, with maps in channels-last layout
as Passerby has them, for scripts/check-agreement.
"""

import argparse
import json
from functools import partial
from pathlib import Path

import torch

from reference_networks import EMBEDDING_NETWORKS, HEADS, fill, images, patches, pattern
from reference_translation import Discriminator, Generator

# Only those present in a network are stored. No shift before another normalisation: its gradient is a sum that all
# but cancels.
OBSERVED_GRADIENTS = [
    "conv1.weight", "bn1.weight", "layer1.0.bn1.IN.weight", "layer1.0.downsample.0.weight", "layer2.0.conv1.weight",
    "layer3.1.conv2.weight", "layer4.0.conv2.weight", "layer4.0.downsample.1.weight", "gap.p", "feat.weight",
    "feat_bn.weight",
    "features.conv0.weight", "features.norm0.weight", "features.denseblock1.denselayer1.norm1.IN.weight",
    "features.denseblock2.denselayer4.norm1.BN.weight", "features.denseblock3.denselayer2.conv2.weight",
    "features.transition2.conv.weight", "features.denseblock4.denselayer1.conv1.weight", "features.norm5.weight",
    "conv1.0.weight", "conv1.6.weight", "layer1.0.conv2.conv.weight", "layer2.0.conv2.fc1.weight",
    "layer3.1.conv2.bn0.weight", "layer4.0.conv2.fc2.weight", "layer4.0.downsample.2.weight",
]
OBSERVED_STATISTICS = [
    "bn1", "layer1.0.bn1.BN", "layer2.0.downsample.1", "layer4.1.bn2", "feat_bn",
    "features.norm0", "features.denseblock1.denselayer1.norm1.BN", "features.transition1.norm", "features.norm5",
    "conv1.1", "layer1.0.conv2.bn0", "layer2.0.conv2.bn1", "layer4.0.downsample.2",
]


def sketch(tensor):
    """The first eight columns of every row, the root mean square of everything, the mean, and the mean of the products
    with a pattern, in which every element has its own weight."""
    weights = pattern("projection", tensor.shape).to(tensor.dtype)
    return {"beginnings": tensor[:, :8].flatten().tolist(), "rootMeanSquare": tensor.square().mean().sqrt().item(),
            "mean": tensor.mean().item(), "projection": (tensor * weights).mean().item()}


def outputs(pooled, embedding):
    return {"pooled": sketch(pooled.detach()), "embedding": sketch(embedding.detach())}


def trained(network, batch):
    """What a training step sees: values, the loss, the length of gradients, and the statistics after it."""
    pooled, embedding = network.train()(batch)
    loss = (embedding.square() * pattern("loss", embedding.shape).to(batch.dtype)).mean()
    loss = loss + (pooled.square() * pattern("loss", pooled.shape).to(batch.dtype)).mean()
    loss.backward()
    gradients = dict(network.named_parameters())
    state = network.state_dict()
    return outputs(pooled, embedding) | {
        "loss": loss.item(),
        "gradientNorms": {k: gradients[k].grad.double().norm().item() for k in OBSERVED_GRADIENTS if k in gradients},
        "runningMeans": {k: state[k + ".running_mean"][:4].tolist()
                         for k in OBSERVED_STATISTICS if k + ".running_mean" in state},
        "runningVariances": {k: state[k + ".running_var"][:4].tolist()
                             for k in OBSERVED_STATISTICS if k + ".running_var" in state},
    }


def made(make, dtype, layout):
    """A network with the fixture's values. Kernels of 1×1 keep their strides, which both layouts have in common:
    on maps of 1×1 they decide about the convolution that is taken, and so about roundings."""
    network = fill(make()).to(dtype)
    for parameter in network.parameters():
        if parameter.dim() == 4:
            parameter.data = parameter.data.contiguous(memory_format=layout)
    return network


def embedding_values(make, dtype, layout, sizes):
    sized = {}
    for height, width in sizes:
        network = made(make, dtype, layout)
        batch = patches([4, 3, height, width]).to(dtype).contiguous(memory_format=layout)
        with torch.no_grad():
            inference = outputs(*network.eval()(batch))
        sized[f"{height}x{width}"] = {"inference": inference, "training": trained(network, batch)}
    return {
        "parameterCount": sum(p.numel() for p in network.parameters()),
        "keyCount": len(network.state_dict()),
        "sizes": sized,
    }


def translation_values(make, dtype, layout):
    network = made(make, dtype, layout)
    result = network(images([2, 3, 32, 32]).to(dtype).contiguous(memory_format=layout))
    loss = (result * pattern("loss", result.shape).to(dtype)).mean()
    loss.backward()
    return {
        "parameterCount": sum(p.numel() for p in network.parameters()),
        "shape": list(result.shape),
        "output": sketch(result.detach().flatten(1)),
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


def parts(values):
    """The kinds of values that have a tolerance each."""
    if "sizes" not in values:
        return {"output": values["output"], "gradients": values["gradientNorms"]}
    sizes = values["sizes"].items()
    return {
        "inference": {name: size["inference"] for name, size in sizes},
        "training": {name: {k: v for k, v in size["training"].items() if k != "gradientNorms"} for name, size in sizes},
        "gradients": {name: size["training"]["gradientNorms"] for name, size in sizes},
    }


def report(name, layout, single, exact):
    worst = [f"{kind} {deviation(left, parts(exact)[kind]):.1e}" for kind, left in parts(single).items()]
    print(f"{name}, {layout}: single precision deviates by", ", ".join(worst), flush=True)


def rounded(value):
    if isinstance(value, dict):
        return {key: rounded(item) for key, item in value.items()}
    if isinstance(value, list):
        return [rounded(item) for item in value]
    return float(f"{value:.9g}") if isinstance(value, float) else value


FULL_SIZES = [(256, 128), (384, 128)]
LAYOUTS = {"adjacent pixels": torch.contiguous_format, "adjacent channels": torch.channels_last}
RECIPES = [
    ("embeddingNetworks", name, partial(embedding_values, sizes=FULL_SIZES), make)
    for name, make in EMBEDDING_NETWORKS.items()
] + [
    ("heads", name, partial(embedding_values, sizes=[(64, 32)]), make) for name, make in HEADS.items()
] + [
    ("translationNetworks", "generator", translation_values, lambda: Generator(8, 2)),
    ("translationNetworks", "discriminator", translation_values, lambda: Discriminator(8)),
]


def exact_values(name, values, make):
    exact = values(make, torch.float64, torch.contiguous_format)
    for title, layout in LAYOUTS.items():
        report(name, title, values(make, torch.float32, layout), exact)
    return rounded(exact)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--single", type=Path)
    options = parser.parse_args()
    fixture = {"embeddingNetworks": {}, "heads": {}, "translationNetworks": {}}
    for group, name, values, make in RECIPES:
        if options.single:
            fixture[group][name] = values(make, torch.float32, torch.channels_last)
        else:
            fixture[group][name] = exact_values(name, values, make)
    target = options.single or Path(__file__).with_name("backbones.json")
    target.write_text(json.dumps(fixture, indent=1) + "\n")


if __name__ == "__main__":
    main()
