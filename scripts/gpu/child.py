# SPDX-License-Identifier: MIT
"""Programs that are ended together with all that they have started."""

import os
import pathlib
import signal
import subprocess
import tempfile
import time

PAUSE = 0.1
# A process that waits for a driver ends when the driver lets it.
PATIENCE_AT_END = 5


class TimeOver(RuntimeError):
    """A program that has taken all the time it has."""


class Stopped(RuntimeError):
    """The whole check is to end."""


class Child:
    """A program in a session of its own: what it starts may leave its process group, as the runs of `verify-resume` do, but
    stays in the session. Its output goes to files, since a pipe would be held open by whoever outlives it.

    deadline    until when it may run; may be put off while it is followed
    stopped     set when it is to end at once
    """

    def __init__(self, words, environment, folder, deadline, stopped, merged=False):
        self.words, self.deadline, self.stopped, self.began = [str(word) for word in words], deadline, stopped, time.monotonic()
        self.output = tempfile.TemporaryFile()
        self.errors = self.output if merged else tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            self.words, stdin=subprocess.DEVNULL, stdout=self.output, stderr=self.errors, env=environment, cwd=folder,
            start_new_session=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.end()

    @property
    def title(self):
        return title(self.words)

    @property
    def is_over(self):
        """Its number stays its own until `end`: what it has left behind is found by it."""
        return os.waitid(os.P_PID, self.process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def lines(self):
        """Lines of its output as they come, until it ends. Raises where the time is over or the check is stopped."""
        place, rest = 0, b""
        while True:
            is_over = self.is_over
            found = os.pread(self.output.fileno(), 1 << 20, place)
            place += len(found)
            *whole, rest = (rest + found).split(b"\n")
            yield from (line.decode(errors="replace") for line in whole)
            if is_over and not found:
                break
            if not is_over:
                self.pause()
        if rest:
            yield rest.decode(errors="replace")

    def finish(self):
        """Waits for its end, and for that of all that it has started; its exit code."""
        while not self.is_over:
            self.pause()
        self.end()
        return self.process.returncode

    def pause(self, seconds=PAUSE):
        """Waits a little where there is time for it."""
        if self.stopped.is_set():
            raise Stopped("the check was stopped")
        if time.monotonic() >= self.deadline:
            took = time.monotonic() - self.began
            raise TimeOver(f"{self.title} was ended after {took:.0f} s, which is all it had{self.last_words}")
        time.sleep(seconds)

    @property
    def last_words(self):
        lines = self.text(self.errors).strip().splitlines()
        return f"; it had said: {lines[-1][-300:]}" if lines else ""

    def text(self, file):
        return os.pread(file.fileno(), 1 << 26, 0).decode(errors="replace")

    def end(self):
        """Kills all that is left of it."""
        latest = time.monotonic() + PATIENCE_AT_END
        while left := members(self.process.pid):
            for process in left:
                try:
                    os.kill(process, signal.SIGKILL)
                except ProcessLookupError:
                    pass
            if time.monotonic() > latest:
                raise RuntimeError(f"{self.title} cannot be ended: processes {', '.join(map(str, left))}")
            time.sleep(0.02)
        self.process.wait(PATIENCE_AT_END)


def title(words, most=70):
    """How a program is named to readers."""
    text = " ".join([pathlib.Path(words[0]).name, *map(str, words[1:])])
    return text if len(text) <= most else text[:most] + " …"


def members(session):
    """Processes of a session that compute still."""
    found = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        try:
            # What follows a name, which may hold anything.
            state, _, _, number = path.read_text(errors="replace").rpartition(")")[2].split()[:4]
        except (OSError, ValueError):
            continue
        if int(number) == session and state not in "ZX":
            found.append(int(path.parent.name))
    return found
