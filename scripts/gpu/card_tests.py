# SPDX-License-Identifier: MIT
"""The parts that run the test program: what is asked of a card alone, and the golden traces taken by the device."""

import collections
import functools
import re
import time

from gpu.child import TimeOver
from gpu.session import TESTS

ON_CARD = "On.a.card"
TRACES = ["takes.the.steps.that.plain", "takes.the.same.steps.where"]
MOST_LINES = 5
COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def check_card(session):
    if tests_are_there(session, "card"):
        run_tests(session, "card", ON_CARD, {})


def check_traces(session):
    """All trainings in double precision."""
    if tests_are_there(session, "traces"):
        device = {"PASSERBY_DEVICE": session.device}
        session.beside("traces", {suite: functools.partial(run_tests, session, "traces", suite, device) for suite in TRACES})


def tests_are_there(session, part):
    if not TESTS.exists():
        session.say(part, f"left out: there is no {TESTS}", not session.on_card)
    return TESTS.exists()


def run_tests(session, part, suite, variables):
    began = time.monotonic()
    with session.start(TESTS, "--testing-library", "swift-testing", "--filter", suite, merged=True, **variables) as child:
        try:
            end = child.finish()
        except TimeOver:
            end = "a stop, as the time was over"
        text = COLOURS.sub("", child.text(child.output))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if session.out:
        (session.out / f"{part}-{suite}.txt").write_text(text)
    issues = [line for line in lines if "recorded an issue" in line]
    for line in issues[:MOST_LINES]:
        session.say(part, f"{suite}: {line[:300]}", False)
    if len(issues) > MOST_LINES:
        where = f", in {part}-{suite}.txt" if session.out else ""
        session.say(part, f"{suite}: and {len(issues) - MOST_LINES} issues more{where}", False)
    say_skipped(session, part, suite, lines)
    last = lines[-1][:200] if lines else "nothing"
    session.say(part, f"{suite}: {last} ({time.monotonic() - began:.0f} s, ended with {end})",
                end == 0 and "Test run with 0 tests" not in last)


def say_skipped(session, part, suite, lines):
    """On a card nothing may be skipped, least of all what is asked of a card alone."""
    found = [line.partition(" skipped: ") for line in lines if "skipped:" in line and " Suite " not in line]
    for reason, count in collections.Counter(reason.strip('"') for _, _, reason in found).items():
        problem = session.findings["libtorch"].get("card_problem") if session.on_card else None
        session.say(part, f"{suite}: {count} tests were skipped: {reason}" + (f"; doctor says: {problem}" if problem else ""),
                    not session.on_card)
