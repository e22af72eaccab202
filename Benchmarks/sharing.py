#!/usr/bin/env python3
"""What a training takes alone, beside busy processes, and beside another training, on one machine.

    python3 Benchmarks/sharing.py [--rounds 3] [--command 'run quickstart --until direct']

Every round measures all three, one after the other, so that a noisy machine is noisy for all. A busy process is one that
never waits; there is one for each processor. Ratios to the time alone are printed; a fair share of the processors
would give 2 in both cases. Nothing else should run.
"""
import argparse
import os
import shlex
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HOME = Path(__file__).resolve().parent.parent


def start(command, logs):
    words = [str(HOME / "passerby"), *shlex.split(command), "--fresh", "--logs", logs]
    return subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def seconds(command, trainings):
    with tempfile.TemporaryDirectory() as folder:
        begun = time.monotonic()
        running = [start(command, f"{folder}/{number}") for number in range(trainings)]
        ended = []
        for process in running:
            if process.wait() not in (0, 75):
                sys.exit(f"'{command}' ended with {process.returncode}")
            ended.append(time.monotonic() - begun)
        return max(ended)


def beside_busy(command):
    busy = [subprocess.Popen([sys.executable, "-c", "while True: pass"]) for _ in os.sched_getaffinity(0)]
    try:
        return seconds(command, 1)
    finally:
        for process in busy:
            process.kill()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--command", default="run quickstart --until direct")
    arguments = parser.parse_args()
    seconds(arguments.command, 1)  # builds, draws the world, warms the file cache
    rounds = [(seconds(arguments.command, 1), beside_busy(arguments.command), seconds(arguments.command, 2))
              for _ in range(arguments.rounds)]
    alone, busy, two = (statistics.median(column) for column in zip(*rounds))
    processors = len(os.sched_getaffinity(0))
    print(f"{processors} processors, median of {arguments.rounds}: '{arguments.command}'")
    print(f"alone                            {alone:6.1f} s")
    print(f"beside {processors} busy processes          {busy:6.1f} s   {busy / alone:.2f} times")
    print(f"two at once, the slower of them  {two:6.1f} s   {two / alone:.2f} times")


main()
