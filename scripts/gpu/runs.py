# SPDX-License-Identifier: MIT
"""The parts that look at what comes out: equal losses, runs that are gone on with, and a whole experiment."""

import functools
import hashlib
import json
import os
import shutil
import signal
import time

from gpu.session import PROGRAM, events, newest

TOLERANCE = 1e-3
LEAST_GAIN = 0.15
# Seconds in which a run that is asked to end has written what it has to.
LAST_STATE = 60
SHORT = ["direct.epochs=1", "direct.iterations=20", "direct.warmup=0", "direct.milestones=[]", "translate.epochs=1",
         "translate.iterations=20", "pretrain.epochs=1", "pretrain.iterations=20", "pretrain.warmup=0",
         "pretrain.milestones=[]", "adapt.epochs=1", "adapt.iterations=20", "adapt.evaluate_every=0",
         "postprocess.camera.epochs=1", "postprocess.camera.warmup=0", "postprocess.camera.milestones=[]"]
# At the published rates a last bit grows to percents within twenty steps, on one processor too, and a thousandth would say
# nothing; at these it stays a last bit.
CALM = "1e-7"
TRAININGS = {
    "quickstart": ["direct", "translate", "pretrain", "adapt", "postprocess"],
    "synthetic/spcl": ["adapt"],
    "synthetic/cluster-contrast": ["chained"],
    # Its generators normalise images, which the quickstart's do not.
    "synthetic/spgan": ["direct", "translate"],
}
# Until all of its networks take part.
IN_GRAPHS = {"synthetic/spgan": ["translate.epochs=3"]}


def short(stages):
    """Overrides by which an experiment with these stages takes few steps."""
    known = [word for word in SHORT if word.split(".")[0] in ("direct", *stages)]
    if "chained" in stages:
        known += [word.replace("adapt.", f"{name}.") for word in SHORT for name in ("chained", "alone")
                  if word.startswith("adapt.")]
    return known


def losses(run):
    return {(event["stage"], event["name"], event["epoch"]): event["value"] for event in events(run)
            if event.get("name", "").startswith("loss/") or "/loss/" in event.get("name", "")}


def check_doctor(session):
    found = session.findings
    cards = [card["name"] for card in found["cards"]]
    session.say("doctor", f"{found['processor']['name']}, {found['processor']['cores']} cores; libtorch "
                f"{found['libtorch']['version']} computes on {found['libtorch']['cards']} cards, cuDNN "
                f"{found['libtorch'].get('cudnn')}; driver: {cards}",
                not session.on_card or found["libtorch"]["cards"] > 0)
    if "kernel_problem" in found:
        session.say("doctor", f"no kernels of ours: {found['kernel_problem']}", False)
    for rates in found.get("card_rates", []):
        known = [f"{precision} {rates[precision] / 1e12:.0f}" for precision in ("fp32", "tf32", "bf16") if precision in rates]
        session.say("doctor", f"cuda:{rates['number']}: TFLOP/s in {', '.join(known)}", "problem" not in rates)


def check_arithmetic(session):
    session.beside("arithmetic", {experiment: functools.partial(compare_losses, session, experiment, stages)
                                  for experiment, stages in TRAININGS.items()})


def compare_losses(session, experiment, stages):
    """Each stage in turn: what came before is the processor's on both sides, and only the stage itself runs on the device."""
    logs = session.folder / "arithmetic" / experiment.replace("/", "-")
    before = logs.with_name(logs.name + "-before")
    known = short(stages) + [f"{stage}.rate={CALM}" for stage in {"direct", *stages} - {"postprocess"}]
    known += [f"postprocess.camera.rate={CALM}"] if "postprocess" in stages else []
    for stage in stages:
        shutil.rmtree(before, ignore_errors=True)
        if logs.exists():
            shutil.copytree(logs, before, symlinks=True)
        session.run(experiment, logs, *known, "--until", stage, device="cpu")
        session.run(experiment, before, *known, "--until", stage)
        ours, theirs = losses(newest(before, experiment)), losses(newest(logs, experiment))
        pairs = [(key, ours.get(key), value) for key, value in theirs.items() if key[0] == stage]
        worst = max((abs(mine - value) / max(abs(value), 1e-3) if mine is not None else 1.0, key)
                    for key, mine, value in pairs)
        session.say("arithmetic", f"{experiment} {stage}: {len(pairs)} losses, furthest apart by {worst[0]:.1e} "
                    f"({worst[1][1]})", bool(pairs) and worst[0] <= TOLERANCE)


def check_exchange(session):
    for first, second in [("cpu", session.device), (session.device, "cpu")]:
        title = f"begun on {first}, gone on with on {second}"
        session.attempt("exchange", title, functools.partial(exchange, session, title, first, second))


def exchange(session, title, first, second):
    words = ["direct.epochs=3", "--until", "direct"]
    logs = session.folder / f"exchange-{first}-{second}-{time.time_ns()}"
    with session.start(PROGRAM, "run", "quickstart", *words, "--logs", logs, "--device", first) as started:
        while not started.is_over and not has_state(logs):
            started.pause(0.05)
        os.kill(started.process.pid, signal.SIGINT)
        started.deadline = min(started.deadline, time.monotonic() + LAST_STATE)
        code = started.finish()
    done = session.run("quickstart", logs, *words, "--resume", "--other-machine", device=second, allowed=(0, 64))
    session.say("exchange", f"{title}: ended with {code}, then with {done.returncode}", code == 75 and done.returncode == 0)


def has_state(logs):
    """Whether a run can be gone on with."""
    return bool(list(logs.glob("**/checkpoints/**/*.safetensors"))) or any(
        '"epoch":0' in path.read_text() for path in logs.glob("**/events.jsonl"))


def check_resume(session):
    logs = session.folder / "verified"
    done = session.passerby("verify-resume", "quickstart", *SHORT, "--kills", 5, "--logs", logs, "--device", session.device,
                            allowed=(0, 1, 70))
    lines = done.stdout.strip().splitlines()[-2:-1] or [done.stderr[-300:].strip()]
    session.say("resume", f"{lines[0]} (ended with {done.returncode})", done.returncode == 0)


def check_graphs(session):
    """Steps that a card repeats as graphs leave the bits of steps that it is given one by one."""
    for experiment, stages in TRAININGS.items():
        session.attempt("graphs", experiment, functools.partial(compare_graphs, session, experiment, stages))


def compare_graphs(session, experiment, stages):
    found = []
    for graphs in ("true", "false"):
        logs = session.folder / f"graphs-{graphs}"
        words = [*short(stages), *IN_GRAPHS.get(experiment, []), f"graphs={graphs}"]
        session.run(experiment, logs, *words, "--until", stages[-1])
        run = newest(logs, experiment)
        found.append((losses(run), {path.relative_to(run): hashlib.sha256(path.read_bytes()).hexdigest()
                                    for path in run.glob("stages/*/*.safetensors")}))
    (repeated, files), (plain, others) = found
    differing = [str(path) for path in others if files.get(path) != others[path]]
    session.say("graphs", f"{experiment}: {len(others)} files and {len(plain)} losses with graphs and without; "
                + (f"other bits in {', '.join(sorted(differing)[:3])}" if differing else "equal to the bit"),
                bool(others) and not differing and repeated == plain)


def check_quickstart(session):
    began = time.monotonic()
    session.run("quickstart", session.folder / "quickstart")
    result = json.loads((newest(session.folder / "quickstart", "quickstart") / "result.json").read_text())
    rows = {row["name"]: row["mAP"] for row in result["rows"]}
    gain = rows["adapted"] - rows["direct transfer"]
    session.say("quickstart", f"{time.monotonic() - began:.0f} s; "
                + ", ".join(f"{name} {100 * mAP:.1f}" for name, mAP in rows.items()), gain >= LEAST_GAIN)
