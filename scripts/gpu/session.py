# SPDX-License-Identifier: MIT
"""What the parts of scripts/check-gpu share: the program, where it computes, the time there is, and what has been found."""

import collections
import concurrent.futures
import contextlib
import copy
import functools
import json
import math
import os
import pathlib
import sys
import threading
import time
import traceback

from gpu.child import Child, Stopped, TimeOver, title

HOME = pathlib.Path(__file__).resolve().parent.parent.parent
PROGRAM = os.environ.get("PASSERBY_PROGRAM", str(HOME / ".build/release/passerby"))

TESTS = pathlib.Path(os.environ.get("PASSERBY_TESTS", HOME / ".build/debug/passerbyPackageTests.xctest"))

Done = collections.namedtuple("Done", "returncode stdout stderr")


class Session:
    """
    limit   seconds that the whole check may take
    out     where figures are kept as they come
    """

    def __init__(self, device, folder, limit=None, out=None):
        self.device, self.folder, self.out, self.failed, self.figures, self.seconds = device, folder, out, [], {}, {}
        self.limit = limit if limit is not None else 480 if self.on_card else math.inf
        self.environment = dict(os.environ, PASSERBY_HOME=str(HOME))
        # As the launcher has it, for PyTorch too: threads that spin while they wait take the processors away.
        self.environment.setdefault("OMP_WAIT_POLICY", "passive")
        self.environment.setdefault("OPENBLAS_NUM_THREADS", "1")
        self.began = time.monotonic()
        self.deadline = self.began + self.limit
        self.stopped, self.lock = threading.Event(), threading.RLock()

    def within(self, seconds):
        """The same session for what may take so long."""
        view = copy.copy(self)
        view.deadline = min(self.deadline, time.monotonic() + seconds)
        return view

    @property
    def on_card(self):
        return self.device != "cpu"

    @property
    def workers(self):
        """Threads that load images: all processors but those that compute and start kernels."""
        return max(1, len(os.sched_getaffinity(0)) - 2)

    @property
    def seconds_left(self):
        return self.deadline - time.monotonic()

    def say(self, part, text, holds=True, **figures):
        with self.lock:
            print(f"{time.monotonic() - self.began:4.0f} s {part:11}{'' if holds else 'DOES NOT HOLD: '}{text}", flush=True)
            self.figures.setdefault(part, []).append({"text": text, "holds": holds, **figures})
            if not holds:
                self.failed.append(f"{part}: {text}")
            self.keep()

    def keep(self):
        """A reader of the file finds what was kept last, whole, whenever the check is killed."""
        if self.out is None:
            return
        new = self.out / "check-gpu.json.new"
        try:
            new.write_text(json.dumps({"device": self.device, "seconds": self.seconds, **self.figures}, indent=1))
            os.replace(new, self.out / "check-gpu.json")
        except OSError as error:
            # What is printed is there still.
            print(f"check-gpu: figures are not kept: {error}", file=sys.stderr)

    @contextlib.contextmanager
    def timed(self, name):
        """Adds to how long something takes, whatever comes of it."""
        began = time.monotonic()
        try:
            yield
        finally:
            with self.lock:
                self.seconds[name] = round(self.seconds.get(name, 0) + time.monotonic() - began, 1)

    def attempt(self, part, title, body):
        """Says what goes wrong in one thing, so that the others are done. Whether nothing did."""
        try:
            body()
            return True
        except Exception as error:
            text = f"{error}"
            # Those that are raised here say all there is to say.
            if not isinstance(error, RuntimeError):
                place = traceback.extract_tb(error.__traceback__)[-1]
                text = f"{type(error).__name__}: {text} ({pathlib.Path(place.filename).name}:{place.lineno})"
            self.say(part, f"{title}: {text}" if title else text, False)
            return False

    def beside(self, part, bodies):
        """Does all, on a card beside one another, by their titles, and says of each what goes wrong."""
        with concurrent.futures.ThreadPoolExecutor(len(bodies) if self.on_card else 1) as pool:
            for title, body in bodies.items():
                pool.submit(self.attempt, part, title, body)

    def start(self, *words, merged=False, **variables):
        if self.stopped.is_set():
            raise Stopped("the check was stopped")
        if self.seconds_left <= 0:
            raise TimeOver(f"{title(words)} was not started, as the time is over")
        return Child(words, self.environment | variables, HOME, self.deadline, self.stopped, merged)

    def passerby(self, *words, allowed=(0,), told=None, **variables):
        """Runs the program. `told` takes each JSON value that it prints, as soon as it is there."""
        with self.start(PROGRAM, *words, **variables) as child:
            try:
                for value in values(child.lines()) if told else ():
                    told(value)
                code = child.finish()
            finally:
                for line in child.text(child.errors).splitlines():
                    if "steps are not repeated as a graph" in line:
                        self.say("graphs", f"{line.strip()} ({child.title})", False)
            done = Done(code, child.text(child.output), child.text(child.errors))
        if code not in allowed:
            raise RuntimeError(f"{child.title} ended with {code}: {done.stderr[-2000:].strip()}")
        return done

    def run(self, experiment, logs, *words, device=None, allowed=(0,)):
        return self.passerby("run", experiment, *words, "--logs", logs, "--device", device or self.device, allowed=allowed)

    @functools.cached_property
    def findings(self):
        return json.loads(self.passerby("doctor", "--json", allowed=(0, 69)).stdout)


def values(lines):
    """JSON values, each of one line or more, as they come."""
    text = ""
    for line in lines:
        text += line + "\n"
        try:
            value = json.loads(text)
        except ValueError:
            continue
        yield value
        text = ""


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
