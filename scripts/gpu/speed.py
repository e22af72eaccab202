# SPDX-License-Identifier: MIT
"""Steps of ours beside the same in PyTorch, in one run: twins, then ours, for each precision.

A figure is the median of three windows of steps; on a card that computes for nobody else they are within a hundredth of one
another. What is asked for: with bf16 at most the time of the twin as a CUDA graph, in fp32 and TF32 at most that of the eager
twin.
"""

import dataclasses
import json
import statistics

from gpu.session import drawn_world, write_experiment

MOST, AIM = 1.0, 0.85
# Quick steps first, so that they are there where time runs out; and steps of a window.
ON_CARD = {"bf16": 8, "tf32": 6, "fp32": 3}
ON_PROCESSOR = {"bf16": 1, "fp32": 1}


@dataclasses.dataclass(frozen=True)
class Kind:
    name: str
    # Of ours, and of the twin.
    stage: str
    twin: str
    batch: int
    height: int
    width: int
    # PyTorch 2.11's on an H200: eager in fp32, TF32 and bf16, and the last as a graph. Shows whether a twin is in its form.
    known: dict = dataclasses.field(compare=False)

    @property
    def title(self):
        return f"{self.name} {self.height}×{self.width}"


def h200(fp32, tf32, bf16, graph):
    return {"fp32": [fp32], "tf32": [tf32], "bf16": [bf16, graph]}


KINDS = [
    Kind("pre-training 64", "pretrain", "pretraining", 64, 256, 128, h200(62.4, 28.0, 27.5, 14.3)),
    Kind("SpCL 64+64", "spcl", "spcl", 64, 256, 128, h200(126.9, 47.0, 46.7, 32.0)),
    Kind("MMT+ 64+64", "mmt", "mutual", 64, 256, 128, h200(339.7, 127.3, 103.0, 92.0)),
    Kind("extraction 256", "pass", "extraction", 256, 256, 128, h200(67.0, 27.3, 13.6, 13.1)),
    Kind("MMT+ 64+64", "mmt", "mutual", 64, 384, 128, h200(499.7, 180.4, 138.0, 128.7)),
]


def kinds(session):
    if session.on_card:
        return KINDS
    # The same network, on so few and so small images that it is done in a minute or two.
    return [dataclasses.replace(kind, name=kind.name.split()[0] + " 4", batch=4, height=kind.height // 4, width=32, known={})
            for kind in KINDS]


class Twins:
    """All twins' windows, by kind and precision; what went wrong instead where one failed."""

    def __init__(self, session, identities, images):
        import torch
        from gpu.twin_losses import check_losses
        session.say("speed", f"PyTorch {torch.__version__}; {check_losses()} losses of the twins are ours")
        self.device = torch.device(session.device)
        self.identities, self.images, self.windows, self.problems = identities, images, {}, {}

    def measure(self, found, precision, window):
        from gpu import pace, twins
        for kind in found:
            form = form_of(self.device.type, precision)
            setup = twins.Setup(self.device, kind.batch, kind.height, kind.width, precision, self.identities, self.images,
                                is_graph=form == "graph")
            key = kind, precision
            # Whatever goes wrong in one twin, the rest goes on.
            try:
                self.windows[key] = pace.measure(getattr(twins, kind.twin), setup, window)
            except Exception as error:
                self.problems[key] = f"{type(error).__name__}: {error}".splitlines()[0]
            pace.give_back(self.device)

    def seconds(self, kind, precision):
        found = self.windows.get((kind, precision))
        return statistics.median(found) if found else None


def ours(session, found, precision, window, world):
    """What each kind's stage takes, by stage and height, in one process for each size of images; with bf16 also what pre-training
    takes without graphs. What went wrong instead where one failed."""
    times = {}
    for height in sorted({kind.height for kind in found}):
        times.update(timed(session, [kind for kind in found if kind.height == height], precision, window, world))
    if precision == "bf16" and session.on_card:
        (times["plain"],) = timed(session, found[:1], precision, window, world, graphs=False).values()
    return times


def timed(session, found, precision, window, world, graphs=True):
    """The same of kinds with images of one size, by one process."""
    first = found[0]
    words = [word for kind in found
             for word in (("--pass", kind.batch) if kind.stage == "pass" else ("--stage", kind.stage))]
    file = write_experiment(
        session.folder / "speed.yaml", experiment_stages(first.batch), world=world,
        image={"height": first.height, "width": first.width}, backbone="resnet50", precision=precision, deterministic=False,
        graphs=graphs, workers=session.workers)
    try:
        done = session.passerby("time-steps", file, *words, "--window", window, "--device", session.device)
        return {(stage, first.height): value for stage, value in json.loads(done.stdout).items()}
    except RuntimeError as error:
        return {(kind.stage, kind.height): {"problem": str(error)} for kind in found}


def experiment_stages(batch):
    """SpCL normalises 16 images together as published; to be the twin's it has one group here."""
    common = {"batch": batch, "evaluate_every": 0}
    return [
        {"pretrain": {"name": "pretrain", "images": "source", "networks": 2, "target_forward": False, "auto_augment": False,
                      **common}},
        {"adapt": {"name": "spcl", "method": "spcl", "images_per_norm_group": batch, **common}},
        {"adapt": {"name": "mmt", "method": "mmt+", "from": "pretrain", **common}}]


def form_of(device_type, precision):
    """The form of the twins that ours is held against."""
    return "graph" if precision == "bf16" and device_type == "cuda" else "eager"


def compare(session, kind, precision, mine, twins):
    """Prints a kind's figures in a precision, and whether they are what is asked for."""
    problems = [text for key, text in twins.problems.items() if key == (kind, precision)]
    problems += [mine["problem"]] if mine.get("problem") else []
    for problem in problems:
        session.say("speed", f"{precision} {kind.title}: {problem}", False)
    if not mine.get("seconds"):
        return
    form, its = form_of(twins.device.type, precision), twins.seconds(kind, precision)
    text = f"{precision} {kind.title}: ours {1e3 * mine['seconds']:.1f} ms"
    holds = True
    if its:
        ratio = mine["seconds"] / its
        text += f", PyTorch's {form} {1e3 * its:.1f} ms"
        if precision in kind.known:
            text += f" (on an H200: {kind.known[precision][-1]})"
        text += f"; {ratio:.2f} of it"
        if session.on_card:
            holds = ratio <= MOST
            text += f", at most {MOST:.2f}" + (f", aim {AIM:.2f}" if form == "graph" else "")
    session.say("speed", text, holds, precision=precision, kind=kind.title, seconds={"ours": mine["seconds"], form: its},
                windows=twins.windows.get((kind, precision)))


def check_speed(session):
    identities, people, images = (700, 1015, 13) if session.on_card else (20, 20, 4)
    world = drawn_world(((identities, 4), (people, images)), 3, (10, 1), 2, 0)
    found, twins = kinds(session), Twins(session, identities, people * images + 3)
    for precision, window in (ON_CARD if session.on_card else ON_PROCESSOR).items():
        if session.seconds_left <= 0:
            session.say("speed", f"{precision} is left out, as {session.limit:.0f} s are over", False)
            continue
        twins.measure(found, precision, window)
        mine = ours(session, found, precision, window, world)
        for kind in found:
            compare(session, kind, precision, mine[kind.stage, kind.height], twins)
        if "seconds" in mine.get("plain", {}):
            session.say("speed", f"{precision} {found[0].title} without graphs: ours {1e3 * mine['plain']['seconds']:.1f} ms")
