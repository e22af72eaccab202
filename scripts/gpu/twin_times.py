# SPDX-License-Identifier: MIT
"""What twins take, measured by a process for each precision, so that one that hangs or spoils the card takes no others along."""

import json
import pathlib
import statistics
import sys
import time

from gpu.child import TimeOver

# Seconds in which a card's process has loaded PyTorch, and in which a twin has been measured. fp32 takes longest: sixteen steps
# of half a second, and cuDNN tries its kernels before.
MOST_TO_LOAD, MOST_FOR_A_TWIN = 60, 60
# So many processes that hang end all twins of a call, and so do as many of ours: it is not the twin then.
MOST_HANGING = 2
SCRIPT = pathlib.Path(__file__).with_name("take_twins.py")


def form_of(device, precision):
    """The form of the twins that ours is held against."""
    return "graph" if precision == "bf16" and device.startswith("cuda") else "eager"


class Twins:
    """All twins' windows, by kind and precision."""

    def __init__(self, session, identities, images):
        self.identities, self.images, self.device = identities, images, session.device
        self.windows, self.is_known, self.hanging = {}, False, 0

    def seconds(self, kind, precision):
        found = self.windows.get((kind, precision))
        return statistics.median(found) if found else None

    def measure(self, session, kinds, precision, window):
        """Measures all; those after one that fails by another process."""
        left = list(kinds)
        while left and self.hanging < MOST_HANGING:
            count = len(left)
            session.attempt("speed", f"{precision} twins", lambda: self.take(session, left, precision, window))
            # A process that has measured nothing and has no twin to blame would do so again.
            if len(left) == count or session.seconds_left <= 0 or session.stopped.is_set():
                break
        if left:
            titles = ", ".join(kind.title for kind in left)
            session.say("speed", f"{precision}: {len(left)} twins are not measured: {titles}", False)

    def take(self, session, left, precision, window):
        """Measures by one process as many as it can. Takes them off the list, and the one that ended it."""
        asked = {"device": self.device, "precision": precision, "window": window, "identities": self.identities,
                 "images": self.images, "is_graph": form_of(self.device, precision) == "graph",
                 "kinds": [{"twin": kind.twin, "batch": kind.batch, "height": kind.height, "width": kind.width} for kind in left]}
        is_ready = is_told = False
        with session.start(sys.executable, "-B", SCRIPT, json.dumps(asked)) as child:
            self.put_off(session, child, MOST_TO_LOAD)
            try:
                for line in child.lines():
                    if line.startswith('{"'):
                        is_ready, found = True, json.loads(line)
                        is_told = is_told or "windows" not in found and "ready" not in found
                        self.keep(session, left, precision, found)
                        self.put_off(session, child, MOST_FOR_A_TWIN)
                code = child.finish()
                problem = f"the process of the twins ended with {code}{child.last_words}"
            except TimeOver as error:
                self.hanging += session.seconds_left > 0
                code, problem = None, f"{error}"
        if code != 0 and not is_told:
            blamed = left.pop(0).title if is_ready and left else "twins"
            session.say("speed", f"{precision} {blamed}: {problem}", False)

    def keep(self, session, left, precision, found):
        """Says what a process has told."""
        if "ready" in found:
            if not self.is_known:
                session.say("speed", found["ready"])
            self.is_known = True
        elif "spoilt" in found:
            session.say("speed", f"{precision}: what the last twin has left behind: {found['spoilt']}", False)
        elif "problem" in found:
            session.say("speed", f"{precision} {left.pop(0).title}: PyTorch's: {found['problem']}", False)
        else:
            kind, form = left.pop(0), form_of(self.device, precision)
            self.windows[kind, precision] = found["windows"]
            its = self.seconds(kind, precision)
            session.say("speed", f"{precision} {kind.title}: PyTorch's {form} {1e3 * its:.1f} ms ({found['took']:.0f} s)",
                        precision=precision, kind=kind.title, seconds={form: its}, windows=found["windows"],
                        took=found["took"])

    def put_off(self, session, child, seconds):
        if session.on_card:
            child.deadline = min(session.deadline, time.monotonic() + seconds)
