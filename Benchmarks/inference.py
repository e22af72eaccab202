#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures embedding images with ResNet-50 (last stride 1, GeM, neck) beside PyTorch, taking turns, and prints ratios.

    swift build -c release --package-path Benchmarks
    python3 Benchmarks/inference.py [--rounds 10] [--batch 16] [--height 256] [--width 128] [--threads 2]

The other side is eager PyTorch as it comes: float32, NCHW, `torch.inference_mode`; best with the version whose libtorch
Passerby uses. Each round times every variant once, one after the other, so that all of them meet the same neighbours on
the machine; the first two rounds are not counted. Given are the medians of wall time and of user time, that is, of all
threads outside the kernel, which has to find fresh pages for whoever gives them back after every layer.
"""

import argparse
import pathlib
import resource
import statistics
import subprocess
import time

import torch
from torch import nn
from torch.nn import functional

PROGRAM = pathlib.Path(__file__).resolve().parent / ".build" / "release" / "InferenceBenchmarks"
VARIANTS = {"network": "Passerby, not folded", "folded32": "Passerby, folded, float32",
            "folded16": "Passerby, folded, bfloat16"}


class Bottleneck(nn.Module):
    def __init__(self, entering, planes, stride):
        super().__init__()
        self.convolutions = nn.ModuleList([
            nn.Conv2d(entering, planes, 1, bias=False), nn.Conv2d(planes, planes, 3, stride, 1, bias=False),
            nn.Conv2d(planes, 4 * planes, 1, bias=False)])
        self.normalisations = nn.ModuleList(nn.BatchNorm2d(width) for width in (planes, planes, 4 * planes))
        self.shortcut = nn.Identity()
        if stride != 1 or entering != 4 * planes:
            self.shortcut = nn.Sequential(
                nn.Conv2d(entering, 4 * planes, 1, stride, bias=False), nn.BatchNorm2d(4 * planes))

    def forward(self, maps):
        inner = maps
        for convolution, normalisation in zip(self.convolutions, self.normalisations):
            inner = normalisation(convolution(inner))
            if convolution is not self.convolutions[2]:
                inner = functional.relu(inner, inplace=True)
        inner += self.shortcut(maps)
        return functional.relu(inner, inplace=True)


class EmbeddingNetwork(nn.Module):
    def __init__(self):
        super().__init__()
        layers = [nn.Conv2d(3, 64, 7, 2, 3, bias=False), nn.BatchNorm2d(64), nn.ReLU(inplace=True),
                  nn.MaxPool2d(3, 2, 1)]
        entering = 64
        for stage, count in enumerate([3, 4, 6, 3]):
            for position in range(count):
                layers.append(Bottleneck(entering, 64 << stage, 2 if position == 0 and stage in (1, 2) else 1))
                entering = 4 * (64 << stage)
        self.base = nn.Sequential(*layers)
        self.power = nn.Parameter(torch.full([1], 3.0))
        self.neck = nn.BatchNorm1d(entering)

    def forward(self, images):
        pooled = self.base(images).clamp(min=1e-6).pow(self.power).mean(dim=(2, 3)).pow(1 / self.power)
        return self.neck(pooled)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, value in (("rounds", 10), ("batch", 16), ("height", 256), ("width", 128), ("threads", 2)):
        parser.add_argument(f"--{name}", type=int, default=value)
    options = parser.parse_args()

    torch.manual_seed(1)
    torch.set_num_threads(options.threads)
    network = EmbeddingNetwork().eval()
    images = torch.randn(options.batch, 3, options.height, options.width)
    ours = subprocess.Popen(
        [PROGRAM, "resnet50", *(str(number) for number in (
            options.threads, options.batch, options.height, options.width))],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)

    def eager():
        wall, user = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_utime
        with torch.inference_mode():
            network(images)
        return time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_SELF).ru_utime - user

    def passerby(variant):
        print(variant, file=ours.stdin, flush=True)
        return tuple(float(word) for word in ours.stdout.readline().split())

    times = {"eager": []} | {variant: [] for variant in VARIANTS}
    for round_number in range(options.rounds + 2):
        for variant in times:
            seconds = eager() if variant == "eager" else passerby(variant)
            if round_number >= 2:
                times[variant].append(seconds)
    ours.stdin.close()
    ours.wait()

    print("| variant | images/s | ratio | user time | ratio |\n|---|---|---|---|---|")
    medians = {variant: [statistics.median(column) for column in zip(*rows)] for variant, rows in times.items()}
    for variant, (wall, user) in medians.items():
        title = VARIANTS.get(variant, f"PyTorch {torch.__version__}, eager, float32")
        base_wall, base_user = medians["eager"]
        print(f"| {title} | {options.batch / wall:.1f} | {base_wall / wall:.2f} | {user:.2f} s "
              f"| {base_user / user:.2f} |")


if __name__ == "__main__":
    main()
