# SPDX-License-Identifier: MIT
"""The parts that look at whole epochs: whether the card is kept busy, and how long published experiments would take."""

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
    """Asks the driver again and again how much of the time kernels have run."""

    def __init__(self):
        self.samples = []
        self.process = subprocess.Popen(
            ["nvidia-smi", "--query-gpu=utilization.gpu", "--format=csv,noheader,nounits", "--loop-ms=100", "--id=0"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        threading.Thread(target=self.read, daemon=True).start()

    def read(self):
        for line in self.process.stdout:
            if line.strip().isdigit():
                self.samples.append((time.time(), int(line) / 100))

    def share(self, began, ended):
        self.process.terminate()
        found = [busy for moment, busy in self.samples if began <= moment <= ended]
        return (statistics.mean(found), len(found)) if found else (None, 0)


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
    card = BusyCard() if on_card else None
    session.run(file, session.folder / "busy")
    found = events(newest(session.folder / "busy", "busy"))
    ends = {event["epoch"]: event["time"] for event in found if event.get("name") == "loading/seconds"}
    waits = {event["epoch"]: event["value"] for event in found if event.get("name") == "loading/seconds"}
    # The first epoch is the one in which kernels are chosen.
    began, ended = ends[0], ends[2]
    waited = (waits[1] + waits[2]) / (ended - began)
    text = f"{1e3 * (ended - began) / (2 * iterations):.1f} ms a step in two epochs, {100 * waited:.1f} % waiting for images"
    steady = json.loads(session.passerby(
        "time-steps", file, "--stage", "direct", "--window", 8 if on_card else 1, "--device", session.device).stdout)["direct"]
    share = 2 * iterations * steady["seconds"] / (ended - began) if steady.get("seconds") else None
    if share is not None:
        text += f"; {1e3 * steady['seconds']:.1f} ms on a batch that is there, {100 * share:.0f} % of an epoch"
    busy, count = card.share(began, ended) if card else (None, 0)
    if busy is not None:
        text += f"; kernels ran {100 * busy:.0f} % of the time ({count} samples of nvidia-smi)"
    if on_card:
        text += f"; at least {100 * LEAST_BUSY:.0f} %"
    session.say("busy", text, not on_card or (busy or 0) >= LEAST_BUSY,
                waited=waited, busy=busy, steps=share)


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
        done = session.passerby("plan", experiment, *words, f"data.location={json.dumps(world)}", "--json", "--logs",
                                session.folder / "none", "--device", session.device, allowed=(0, 69),
                                # What was measured here before may be another program's.
                                XDG_CACHE_HOME=str(session.folder / "cache"))
        stages = {found["name"]: found.get("forecast") for found in json.loads(done.stdout)["stages"]}
        minutes = {name: forecast["seconds"] / 60 for name, forecast in stages.items() if forecast}
        missing = [name for name in stages if name not in minutes]
        text = ", ".join(f"{name} {value:.0f} min" for name, value in minutes.items())
        text += f"; not measured: {', '.join(missing)}" if missing else ""
        holds = stage in minutes and (not session.on_card or minutes[stage] <= most)
        session.say("forecast", f"{title}: {text}; {stage} at most {most} min on a card", holds, minutes=minutes)
