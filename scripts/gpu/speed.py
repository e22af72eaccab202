# SPDX-License-Identifier: MIT
"""Steps of ours beside the same in PyTorch, in one run: twins, then ours, for each precision.

A figure is the median of three windows of steps; on a card that computes for nobody else they are within a hundredth of one
another. Every figure is said as soon as it is there. What is asked for: with bf16 at most the time of the twin as a CUDA graph,
in fp32 and TF32 at most that of the eager twin.
"""

import dataclasses

from gpu.child import TimeOver
from gpu.session import drawn_world, write_experiment
from gpu.twin_times import MOST_HANGING, Twins, form_of

MOST, AIM = 1.0, 0.85
# Quick steps first, so that they are there where time runs out; and steps of a window.
ON_CARD = {"bf16": 8, "tf32": 6, "fp32": 3}
ON_PROCESSOR = {"bf16": 1, "fp32": 1}
# Seconds that a precision is thought to take on a card, by what its steps take and 5 s for each process; and that a process of
# ours may take.
TAKES = {"bf16": 60, "tf32": 60, "fp32": 70}
MOST_FOR_OURS = 100


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
    # The same network, on so few and so small images that it is done in some minutes: of two identities, for triplets.
    return [dataclasses.replace(kind, name=kind.name.split()[0] + " 8", batch=8, height=kind.height // 4, width=32, known={})
            for kind in KINDS]


def measure_ours(session, found, precision, window, world, hanging, say, graphs=True):
    """Has `say` take what each kind's stage takes, all of one size of images, as one process finds it."""
    first, kind_of = found[0], {kind.stage: kind for kind in found}
    words = [word for kind in found
             for word in (("--pass", kind.batch) if kind.stage == "pass" else ("--stage", kind.stage))]
    file = write_experiment(
        session.folder / "speed.yaml", experiment_stages(first.batch), world=world,
        image={"height": first.height, "width": first.width}, backbone="resnet50", precision=precision, deterministic=False,
        graphs=graphs, workers=session.workers)
    title = f"{precision} {first.height}×{first.width} ours" + ("" if graphs else " without graphs")

    def told(figures):
        for stage, mine in figures.items():
            if mine.get("seconds"):
                say(kind_of[stage], mine["seconds"])
            else:
                session.say("speed", f"{title}, {kind_of[stage].title}: {mine.get('problem', 'not measured')}", False)

    def measure():
        if len(hanging) >= MOST_HANGING:
            raise RuntimeError(f"not measured, as {len(hanging)} processes have hung")
        view = session.within(MOST_FOR_OURS) if session.on_card else session
        try:
            view.passerby("time-steps", file, *words, "--window", window, "--device", session.device, told=told)
        except TimeOver:
            hanging.append(title)
            raise

    with session.timed(f"speed {title}"):
        session.attempt("speed", title, measure)


def experiment_stages(batch):
    """SpCL normalises 16 images together as published; to be the twin's it has one group here."""
    common = {"batch": batch, "evaluate_every": 0}
    return [
        {"pretrain": {"name": "pretrain", "images": "source", "networks": 2, "target_forward": False, "auto_augment": False,
                      **common}},
        {"adapt": {"name": "spcl", "method": "spcl", "images_per_norm_group": batch, **common}},
        {"adapt": {"name": "mmt", "method": "mmt+", "from": "pretrain", **common}}]


def compare(session, kind, precision, mine, twins):
    """Prints what ours takes for a kind in a precision, and whether that is what is asked for."""
    form, its = form_of(session.device, precision), twins.seconds(kind, precision)
    text = f"{precision} {kind.title}: ours {1e3 * mine:.1f} ms"
    holds = True
    if its:
        ratio = mine / its
        text += f", PyTorch's {form} {1e3 * its:.1f} ms"
        if precision in kind.known:
            text += f" (on an H200: {kind.known[precision][-1]})"
        text += f"; {ratio:.2f} of it"
        if session.on_card:
            holds = ratio <= MOST
            text += f", at most {MOST:.2f}" + (f", aim {AIM:.2f}" if form == "graph" else "")
    session.say("speed", text, holds, precision=precision, kind=kind.title, seconds={"ours": mine, form: its})


def check_precision(session, precision, window, world, twins, hanging):
    """All twins, then ours in one process for each size of images; with bf16 also what pre-training takes without graphs."""
    found = kinds(session)
    with session.timed(f"speed {precision} twins"):
        twins.measure(session, found, precision, window)
    for height in sorted({kind.height for kind in found}):
        measure_ours(session, [kind for kind in found if kind.height == height], precision, window, world, hanging,
                     lambda kind, seconds: compare(session, kind, precision, seconds, twins))
    if precision == "bf16" and session.on_card:
        measure_ours(session, found[:1], precision, window, world, hanging, graphs=False, say=lambda kind, seconds: session.say(
            "speed", f"{precision} {kind.title} without graphs: ours {1e3 * seconds:.1f} ms", precision=precision,
            kind=kind.title, seconds={"ours without graphs": seconds}))


def check_speed(session):
    identities, people, images = (700, 1015, 13) if session.on_card else (20, 20, 4)
    world = drawn_world(((identities, 4), (people, images)), 3, (10, 1), 2, 0)
    twins, hanging = Twins(session, identities, people * images + 3), []
    for precision, window in (ON_CARD if session.on_card else ON_PROCESSOR).items():
        takes = TAKES[precision] if session.on_card else 0
        if session.seconds_left <= takes:
            left = max(0, session.seconds_left)
            session.say("speed", f"{precision} is left out: it takes some {takes} s, and {left:.0f} s are left", False)
            continue
        with session.timed(f"speed {precision}"):
            check_precision(session, precision, window, world, twins, hanging)
