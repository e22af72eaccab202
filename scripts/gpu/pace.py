# SPDX-License-Identifier: MIT
"""How long a twin's steps take, measured as `passerby time-steps` measures ours: some steps that do not count, then three windows
of steps. The card is given one step more before its being done with a window is waited for, so it never runs out of work."""

import gc
import time

import torch

WINDOWS = 3
FIRST_STEPS = 6


def windows(step, window, device):
    """Seconds a step, of each window."""
    ends, end = [], None
    for count in range(1, FIRST_STEPS + WINDOWS * window + 2):
        step()
        if end is not None:
            end.synchronize()
            ends.append(time.perf_counter())
        is_end = count >= FIRST_STEPS and (count - FIRST_STEPS) % window == 0
        end = mark(device) if is_end else None
    return [(later - earlier) / window for earlier, later in zip(ends, ends[1:])]


class Done:
    """The processor has done what it was given."""

    def synchronize(self):
        pass


def mark(device):
    if device.type == "cpu":
        return Done()
    event = torch.cuda.Event()
    event.record()
    return event


def captured(step):
    """The same step as a CUDA graph."""
    stream = torch.cuda.Stream()
    stream.wait_stream(torch.cuda.current_stream())
    with torch.cuda.stream(stream):
        for _ in range(3):
            step()
    torch.cuda.current_stream().wait_stream(stream)
    graph = torch.cuda.CUDAGraph()
    with torch.cuda.graph(graph):
        step()
    return graph.replay


def measure(make, setup, window):
    """Seconds a step, of each window."""
    torch.manual_seed(1)
    torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = setup.precision == "tf32"
    torch.backends.cudnn.benchmark = True
    step = make(setup)
    return windows(captured(step) if setup.is_graph else step, window, setup.device)


def give_back(device):
    """Memory that a twin has had, so that the next finds the card empty."""
    gc.collect()
    if device.type == "cuda":
        torch.cuda.empty_cache()
