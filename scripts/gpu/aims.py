# SPDX-License-Identifier: MIT
"""The parts that look at whole epochs: whether the card is kept busy, and how long published experiments would take."""

import contextlib
import functools
import json
import statistics
import subprocess
import threading
import time

from gpu.session import drawn_world, events, newest, write_experiment

LEAST_BUSY = 0.95
# A world of as many images as Market-1501 has, and one of VisDA-2020's target: 12,936 and 13,198 to learn from, 19,281 and
# 3,977 to score.
MARKET = drawn_world(((410, 24), (751, 17)), 169, (750, 4), 21, 531)
VISDA = drawn_world(((700, 29), (1015, 13)), 3, (100, 4), 29, 677)


class BusyCard:
    """Asks the driver again and again how much of the time kernels have run, until it is left."""

    def __init__(self):
        self.samples, self.process, self.problem = [], None, None

    def __enter__(self):
        try:
            self.process = subprocess.Popen(
                ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "--loop-ms=100", "--id=0"],
                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        except OSError as error:
            self.problem = f"{error}"
        else:
            threading.Thread(target=self.read, daemon=True).start()
        return self

    def __exit__(self, *_):
        if self.process:
            self.process.kill()
            self.process.wait()

    def read(self):
        for line in self.process.stdout:
            if line.strip().isdigit():
                self.samples.append((time.time(), int(line) / 100))

    def told(self, began, ended):
        """Their mean between two moments, and what to say of it."""
        found = [busy for moment, busy in self.samples if began <= moment <= ended]
        if not found:
            return None, f"; the driver has told nothing: {self.problem or 'nvidia-smi printed no figure'}"
        busy = statistics.mean(found)
        return busy, f"; kernels ran {100 * busy:.0f} % of the time ({len(found)} samples of nvidia-smi)"


def check_busy(session):
    """Epochs of pre-training as published, target's images and automatic augmentation included, on JPEG files of Market's
    size."""
    on_card = session.on_card
    height, width, batch, iterations = (256, 128, 64, 250) if on_card else (64, 32, 8, 6)
    world = drawn_world(((60, 18), (60, 12)), 0, (10, 1), 2, 0)
    stage = {"name": "direct", "images": "source", "networks": 1, "epochs": 3, "iterations": iterations, "batch": batch,
             "evaluate_every": 0}
    file = write_experiment(
        session.folder / "busy.yaml", [{"pretrain": stage}], world=world, image={"height": height, "width": width},
        backbone="resnet50", precision="bf16", deterministic=False, workers=session.workers)
    with BusyCard() if on_card else contextlib.nullcontext() as card:
        with session.timed("busy epochs"):
            session.run(file, session.folder / "busy")
    found = events(newest(session.folder / "busy", "busy"))
    ends = {event["epoch"]: event["time"] for event in found if event.get("name") == "loading/seconds"}
    waits = {event["epoch"]: event["value"] for event in found if event.get("name") == "loading/seconds"}
    # The first epoch is the one in which kernels are chosen.
    began, ended = ends[0], ends[2]
    waited = (waits[1] + waits[2]) / (ended - began)
    text = f"{1e3 * (ended - began) / (2 * iterations):.1f} ms a step in two epochs, {100 * waited:.1f} % waiting for images"
    busy, told = card.told(began, ended) if card else (None, "")
    if on_card:
        text += f"{told}; at least {100 * LEAST_BUSY:.0f} %"
    session.say("busy", text, not on_card or (busy or 0) >= LEAST_BUSY, waited=waited, busy=busy)
    session.attempt("busy", "a batch that is there", lambda: check_steady(session, file, (ended - began) / (2 * iterations)))


def check_steady(session, file, in_epoch):
    """A step on a batch that is there, beside the same in an epoch."""
    found = {}
    with session.timed("busy steps"):
        session.passerby("time-steps", file, "--stage", "direct", "--window", 8 if session.on_card else 1, "--device",
                         session.device, told=found.update)
    steady = found["direct"]
    if not steady.get("seconds"):
        raise RuntimeError(steady.get("problem", "not measured"))
    share = steady["seconds"] / in_epoch
    session.say("busy", f"{1e3 * steady['seconds']:.1f} ms on a batch that is there, {100 * share:.0f} % of an epoch",
                steps=share)


def check_forecast(session):
    """Published experiments with made-up images of the real datasets' counts, their steps measured here."""
    words = ["data.target=visda-target", "initial_weights=null", "precision=bf16", "deterministic=false",
             f"workers={session.workers}"]
    visda = write_experiment(
        session.folder / "visda.yaml",
        [{"pretrain": {"images": "source", "networks": 2, "images_per_norm_group": 16}},
         {"adapt": {"method": "mmt+", "images_per_norm_group": 16, "k1": 20}}],
        world=VISDA, image={"height": 384, "width": 128}, backbone="resnet50_ibn_a")
    for experiment, title, world, stage, most in [
            ("spcl/personx2market1501", "SpCL, PersonX → Market-1501", MARKET, "adapt", 15),
            (visda, "MMT+, PersonX → VisDA-2020", VISDA, "adapt", 25)]:
        with session.timed(f"forecast {title}"):
            session.attempt("forecast", title, functools.partial(forecast, session, experiment, words, title, world, stage, most))


def forecast(session, experiment, words, title, world, stage, most):
    done = session.passerby("plan", experiment, *words, f"data.location={json.dumps(world)}", "--json", "--logs",
                            session.folder / "none", "--device", session.device, allowed=(0, 69),
                            # What was measured here before may be another program's.
                            XDG_CACHE_HOME=str(session.folder / "cache"))
    stages = {found["name"]: found.get("forecast") for found in json.loads(done.stdout)["stages"]}
    minutes = {name: found["seconds"] / 60 for name, found in stages.items() if found}
    missing = [name for name in stages if name not in minutes]
    text = ", ".join(f"{name} {value:.0f} min" for name, value in minutes.items())
    text += f"; not measured: {', '.join(missing)}" if missing else ""
    holds = stage in minutes and (not session.on_card or minutes[stage] <= most)
    session.say("forecast", f"{title}: {text}; {stage} at most {most} min on a card", holds, minutes=minutes)
