# SPDX-License-Identifier: MIT
"""What the parts of scripts/check-gpu share: the program, where it computes, and what has been found."""

import functools
import json
import math
import os
import pathlib
import subprocess
import time

HOME = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("PASSERBY_PROGRAM", str(HOME / ".build/release/passerby"))

TESTS = pathlib.Path(os.environ.get("PASSERBY_TESTS", HOME / ".build/debug/passerbyPackageTests.xctest"))


class Session:
    def __init__(self, device, folder, limit=None):
        self.device, self.folder, self.failed, self.figures = device, folder, [], {}
        # Seconds.
        self.limit = limit if limit is not None else 480 if self.on_card else math.inf
        # As the launcher has it, for PyTorch in this process too: threads that spin while they wait take the processors away.
        os.environ.setdefault("OMP_WAIT_POLICY", "passive")
        os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
        self.environment = dict(os.environ, PASSERBY_HOME=str(HOME))
        self.began = time.monotonic()

    @property
    def on_card(self):
        return self.device != "cpu"

    @property
    def workers(self):
        """Threads that load images: all processors but those that compute and start kernels."""
        return max(1, len(os.sched_getaffinity(0)) - 2)

    @property
    def seconds_left(self):
        return self.limit - (time.monotonic() - self.began)

    @property
    def patience(self):
        """Seconds that a program may take; nothing where it may take what it takes."""
        return None if math.isinf(self.limit) else max(1, self.seconds_left)

    def say(self, part, text, holds=True, **figures):
        print(f"{part:11}{'' if holds else 'DOES NOT HOLD: '}{text}", flush=True)
        self.figures.setdefault(part, []).append({"text": text, "holds": holds, **figures})
        if not holds:
            self.failed.append(f"{part}: {text}")

    def passerby(self, *words, allowed=(0,), **variables):
        words = [str(word) for word in words]
        done = subprocess.run(
            [PROGRAM, *words], capture_output=True, text=True, env=self.environment | variables, cwd=HOME,
            timeout=self.patience)
        if done.returncode not in allowed:
            raise RuntimeError(f"passerby {' '.join(words)} ended with {done.returncode}:\n{done.stderr[-2000:]}")
        for line in done.stderr.splitlines():
            if "steps are not repeated as a graph" in line:
                self.say("graphs", f"{line.strip()} (passerby {' '.join(words[:4])} …)", False)
        return done

    def run(self, experiment, logs, *words, device=None, allowed=(0,)):
        return self.passerby("run", experiment, *words, "--logs", logs, "--device", device or self.device, allowed=allowed)

    @functools.cached_property
    def findings(self):
        return json.loads(self.passerby("doctor", "--json", allowed=(0, 69)).stdout)


def newest(logs, experiment):
    """The folder of an experiment's newest run."""
    return max((logs / experiment).iterdir(), key=lambda path: path.stat().st_mtime)


def events(run):
    return [json.loads(line) for line in (run / "events.jsonl").read_text().splitlines()]


def drawn_world(people, singletons, tested, gallery, distractors, height=128, width=64):
    """A world of so many images, which are drawn only when somebody looks at them.

    people      identities and images of each, of the source and of the target
    tested      identities, and queries of each
    """
    (source, source_images), (target, target_images), (validation, queries) = *people, tested
    return {"synthetic": {
        "source": {"identities": source, "images": source_images, "cameras": 6},
        "target": {"identities": target, "fewest_images": target_images, "most_images": target_images,
                   "singletons": singletons, "validation_identities": validation, "queries": queries, "gallery": gallery,
                   "distractors": distractors, "cameras": 5},
        "height": height, "width": width}}


def write_experiment(path, stages, **settings):
    """An experiment file. YAML holds JSON."""
    data = {"source": "personx", "target": "visda-target", "location": settings.pop("world")}
    path.write_text(json.dumps({"data": data, "seed": 1, **settings, "stages": stages}, indent=1))
    return path
