# SPDX-License-Identifier: MIT
"""Makes the files of traces/: what some steps of every training method come to, from plain PyTorch.

    pip install torch numpy && python make_traces.py [NAME …]

The methods are those of reference_methods.py, the networks and the rule that fills them those of reference_networks.py,
which stands beside the backbones' fixture. All is computed in double precision, on the side of the tests too: single
precision is no measure here. One rounding that takes a unit of the last layer to the other side of its ReLU changes a
gradient by a thousandth, and among the 600,000 units of a trace there is one near enough to 0. `--single` prints how far
PyTorch itself is off in single precision.

Learning rates are small, so that what is computed from numbers of single precision (class centroids, the expectation of
smoothed labels) is not magnified: the first steps of Adam move every weight by the whole rate, however small its gradient
is. Decay is a hundred times the usual, so that it is seen beside gradients.

An epoch has five steps. Image i of a batch of class c shows squares of 8 × 8 pixels of the class's
colours under half as much noise:
    pattern("class c", [3, H/8, W/8]) + pattern("noise DOMAIN STEP VIEW", [B, 3, H, W])[i] / 2
with c = (step + ⌊i/2⌋) mod the number of classes; the target's classes are numbered from 0 for this purpose.
"""

import argparse
import json
from pathlib import Path

import torch

from trace_setting import Setting
import reference_methods as methods
from traces_of_adaptation import clustering_baseline, mutual, mutual_mean_teaching
from traces_of_memories import cluster_contrast, self_paced
from traces_of_pretraining import camera_network, pretraining
from traces_of_translation import cyclegan, spgan, translation



# By the names of the tests' cases.
TRACES = {
    "sourcePretraining": pretraining,
    "translation": lambda setting: translation("encoder ", setting),
    "translationOfTwoEncoders": lambda setting: translation("target encoder ", setting),
    "cycleGAN": cyclegan,
    "spgan": spgan,
    "mutualArcFace": lambda setting: mutual(methods.arcface(64, 0.35), 0, 4, setting),
    "mutualCosFace": lambda setting: mutual(methods.cosface(30, 0.4), 0, 2, setting),
    "mutualCircle": lambda setting: mutual(methods.circle(64, 0.35), 0, 2, setting),
    "mutualAM": lambda setting: mutual(methods.cosface(30, 0.3), 0, 2, setting),
    "mutualMeanTeaching": mutual_mean_teaching,
    "mutualTriplets": lambda setting: mutual(methods.arcface(30, 0.3), 0.8, 2, setting),
    "cameraNetwork": camera_network,
    "clusteringBaseline": clustering_baseline,
    "spclAdaptation": lambda setting: self_paced(True, 4, setting),
    "spclUnsupervised": lambda setting: self_paced(False, 2, setting),
    "clusterContrastMean": lambda setting: cluster_contrast(False, setting),
    "clusterContrastHard": lambda setting: cluster_contrast(True, setting),
}


def deviation(found, exact):
    """The largest difference of a value, relative to its vector's largest, and whose it is."""
    return max(
        (max(abs(a - b) for a, b in zip(found[step][name], wanted)) / (max(map(abs, wanted)) or 1), name, step)
        for step, recorded in enumerate(exact) for name, wanted in recorded.items())


def rounded(trace):
    """Eight digits, a hundredth of what is asked."""
    return [{name: [float(f"{value:.8g}") for value in vector] for name, vector in step.items()} for step in trace]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*TRACES, []], metavar="NAME", help="all by default")
    parser.add_argument("--single", action="store_true", help="compare with single precision too")
    options = parser.parse_args()
    folder = Path(__file__).with_name("traces")
    folder.mkdir(exist_ok=True)
    for name in options.names or TRACES:
        exact = list(TRACES[name](Setting(torch.float64, torch.contiguous_format)))
        if options.single:
            single = TRACES[name](Setting(torch.float32, torch.channels_last))
            worst, series, step = deviation(list(single), exact)
            print(f"{name}: single precision deviates by {worst:.1e} ({series}, step {step})", flush=True)
        lines = [json.dumps(step, separators=(",", ":")) for step in rounded(exact)]
        (folder / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
