#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures the loading of training images beside Pillow and torchvision, in one alternating run.

    swift build -c release --package-path Benchmarks --product LoadingBenchmarks
    python3 Benchmarks/loading.py [--images 3000] [--rounds 5] [--core 0]

The chain: a JPEG file of 64×128 pixels is decoded, resized to 128×256 (bicubic), mirrored at random, padded by 10
pixels and cropped at random, normalised, and erased in half of the cases; 64 images make a batch. Every measurement is
a process of its own with one thread on one core, and loads all images once before its clock starts, so that files are
in the page cache and caches are filled. Both sides run with an allocator that keeps freed memory, as `passerby` does.
The twin needs Pillow and torch; where torchvision cannot be imported, its transforms are replaced by the same calls of
Pillow and torch.
"""

import argparse
import json
import os
import pathlib
import random
import statistics
import subprocess
import sys
import tempfile
import time

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build" / "release" / "LoadingBenchmarks"
WIDTH, HEIGHT, PADDING, BATCH = 128, 256, 10, 64
MEAN, DEVIATION = (0.485, 0.456, 0.406), (0.229, 0.224, 0.225)


def make_images(folder, count):
    """Blurred noise under fine noise: about 2.5 kB a file, as a photograph of a pedestrian of this size takes."""
    import numpy as np
    from PIL import Image

    generator = np.random.default_rng(1)
    for number in range(count):
        coarse = Image.fromarray(generator.integers(0, 256, (10, 5, 3), dtype=np.uint8))
        values = np.asarray(coarse.resize((64, 128), Image.Resampling.BICUBIC), dtype=np.float32)
        values = values + generator.normal(0, 5, values.shape)
        Image.fromarray(values.clip(0, 255).astype(np.uint8)).save(folder / f"{number:06}.jpg", quality=75)


# The twin.

class RandomErasing:
    """As the re-identification codes have it: a rectangle of random area and aspect, filled with the mean colour."""

    def __call__(self, image):
        if random.uniform(0, 1) >= 0.5:
            return image
        for _ in range(100):
            area = image.shape[1] * image.shape[2] * random.uniform(0.02, 0.4)
            aspect = random.uniform(0.3, 1 / 0.3)
            height, width = round((area * aspect) ** 0.5), round((area / aspect) ** 0.5)
            if height < image.shape[1] and width < image.shape[2]:
                top = random.randint(0, image.shape[1] - height)
                left = random.randint(0, image.shape[2] - width)
                for channel in range(3):
                    image[channel, top:top + height, left:left + width] = MEAN[channel]
                return image
        return image


def torchvision_chain():
    from torchvision import transforms

    return "torchvision", transforms.Compose([
        transforms.Resize((HEIGHT, WIDTH), interpolation=transforms.InterpolationMode.BICUBIC),
        transforms.RandomHorizontalFlip(),
        transforms.Pad(PADDING),
        transforms.RandomCrop((HEIGHT, WIDTH)),
        transforms.ToTensor(),
        transforms.Normalize(MEAN, DEVIATION),
        RandomErasing(),
    ])


def own_chain():
    """The calls of Pillow and torch that torchvision's transforms make."""
    import numpy as np
    import torch
    from PIL import Image, ImageOps

    mean, deviation = (torch.tensor(values).view(3, 1, 1) for values in (MEAN, DEVIATION))
    erase = RandomErasing()

    def chain(image):
        image = image.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
        if random.random() < 0.5:
            image = image.transpose(Image.Transpose.FLIP_LEFT_RIGHT)
        image = ImageOps.expand(image, border=PADDING, fill=0)
        left, top = random.randint(0, 2 * PADDING), random.randint(0, 2 * PADDING)
        image = image.crop((left, top, left + WIDTH, top + HEIGHT))
        values = torch.from_numpy(np.array(image, np.uint8, copy=True)).permute(2, 0, 1).contiguous()
        return erase(values.to(torch.float32).div(255).sub_(mean).div_(deviation))

    return "Pillow and torch", chain


def run_twin(folder, epochs):
    import torch
    from PIL import Image

    torch.set_num_threads(1)
    try:
        name, chain = torchvision_chain()
    except (ImportError, RuntimeError):
        name, chain = own_chain()
    paths = sorted(folder.glob("*.jpg"))

    def load(path):
        with Image.open(path) as image:
            return chain(image.convert("RGB"))

    def one_pass():
        order = random.sample(paths, len(paths))
        for start in range(0, len(paths) - BATCH + 1, BATCH):
            torch.stack([load(path) for path in order[start:start + BATCH]])
        return len(paths) // BATCH * BATCH

    one_pass()
    start, processor = time.perf_counter(), time.process_time()
    images = sum(one_pass() for _ in range(epochs))
    print(json.dumps({"images": images, "seconds": time.perf_counter() - start,
                      "processorSeconds": time.process_time() - processor, "chain": name}))


def run(*command):
    keeping = {"MALLOC_MMAP_THRESHOLD_": str(1 << 30), "MALLOC_TRIM_THRESHOLD_": str(1 << 30)}
    output = subprocess.run([str(part) for part in command], check=True, stdout=subprocess.PIPE,
                            env=os.environ | keeping).stdout
    return json.loads(output.splitlines()[-1])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--images", type=int, default=3000)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--core", type=int, default=0)
    parser.add_argument("--twin", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.twin:
        return run_twin(options.twin, 1)

    os.sched_setaffinity(0, {options.core})
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name) / "images"
        folder.mkdir()
        cache = pathlib.Path(name) / "cache"
        make_images(folder, options.images)
        size = sum(path.stat().st_size for path in folder.iterdir()) / options.images
        commands = {
            "twin": (sys.executable, __file__, "--twin", folder),
            "plain": (PROGRAM, "plain", folder, 2, cache),
            "memory": (PROGRAM, "memory", folder, 6, cache),
            "disk": (PROGRAM, "disk", folder, 6, cache),
        }
        measured = {case: [] for case in commands}
        for _ in range(options.rounds):
            for case, command in commands.items():
                measured[case].append(run(*command))

    print(f"{options.images} files of {size:.0f} bytes on average, one thread on core {options.core}, "
          f"load {os.getloadavg()[0]:.1f}, twin: {measured['twin'][0]['chain']}\n")
    print("| case | images/s by processor time, median (least–most) | by wall, median "
          "| ratio to the twin, median (least–most) |\n|---|---|---|---|")
    for case, reports in measured.items():
        rates = [report["images"] / report["processorSeconds"] for report in reports]
        walls = [report["images"] / report["seconds"] for report in reports]
        ratios = [rate * twin["processorSeconds"] / twin["images"]
                  for rate, twin in zip(rates, measured["twin"])]
        print(f"| {case} | {statistics.median(rates):,.0f} ({min(rates):,.0f}–{max(rates):,.0f}) "
              f"| {statistics.median(walls):,.0f} "
              f"| {statistics.median(ratios):.1f} ({min(ratios):.1f}–{max(ratios):.1f}) |")


if __name__ == "__main__":
    main()
