# SPDX-License-Identifier: MIT
"""Makes the checkpoints that PyTorchFileTests.swift reads.

    pip install torch==2.13.0 numpy && python make_checkpoints.py

Every tensor counts up from its first element, so that the test can say what it holds:
    zip.pth.tar       the field's container, as data-parallel training writes it (names behind `module.`), zip format,
                      with every element type, a channels-last weight, two slices of one storage, a transposed view,
                      an empty tensor and a parameter; best_mAP is a NumPy number
    legacy.pth.tar    the same in the format before PyTorch 1.6; best_mAP is a tensor of one element
    bare.pth          the state dictionary of a linear layer with batch normalisation and nothing around it,
                      pickle protocol 4
    pickle5.pth       a mapping of plain values, pickle protocol 5
    narrow.pth        one tensor, smaller than its storage, and checksums not computed
    program.pth       a TorchScript program, which is refused
    foreign.pth       what training programs leave: a state dictionary behind `module.model.` under the key `model`, a
                      counter of shape [1], and beside it objects of classes that are no tensors
    foreign.pth.tar   the same in the format before PyTorch 1.6
"""

from argparse import Namespace
from collections import Counter, OrderedDict, defaultdict
from pathlib import Path, PurePosixPath

import numpy
import torch
from torch import nn

FOLDER = Path(__file__).parent
TYPES = {
    "f64": torch.float64, "f32": torch.float32, "f16": torch.float16, "bf16": torch.bfloat16, "i64": torch.int64,
    "i32": torch.int32, "i16": torch.int16, "i8": torch.int8, "u8": torch.uint8,
}


def state() -> OrderedDict:
    tensors = OrderedDict((name, torch.arange(3).to(kind)) for name, kind in TYPES.items())
    tensors["negative"] = torch.tensor([-1.5, -2.0], dtype=torch.float16)
    tensors["below"] = torch.tensor([-3, 4], dtype=torch.int16)
    tensors["bool"] = torch.tensor([True, False, True])
    weight = torch.arange(24.0).reshape(2, 3, 2, 2)
    tensors["channels_last"] = weight.contiguous(memory_format=torch.channels_last)
    shared = torch.arange(10.0)
    tensors["first"], tensors["last"] = shared[:4], shared[6:]
    tensors["transposed"] = torch.arange(6.0).reshape(2, 3).t()
    tensors["empty"] = torch.zeros(0, 5)
    tensors["scalar"] = torch.tensor(7)
    tensors["parameter"] = nn.Parameter(torch.tensor([0.25]))
    return OrderedDict((f"module.{name}", tensor) for name, tensor in tensors.items())


def main() -> None:
    checkpoint = {"state_dict": state(), "epoch": 12, "best_mAP": numpy.float64(0.625)}
    torch.save(checkpoint, FOLDER / "zip.pth.tar")
    checkpoint["best_mAP"] = torch.tensor([0.625])
    torch.save(checkpoint, FOLDER / "legacy.pth.tar", _use_new_zipfile_serialization=False)

    network = nn.Sequential(OrderedDict(linear=nn.Linear(2, 3, bias=False), norm=nn.BatchNorm1d(3)))
    with torch.no_grad():
        network.linear.weight.copy_(torch.arange(6.0).reshape(3, 2))
    torch.save(network.state_dict(), FOLDER / "bare.pth", pickle_protocol=4)

    values = {
        "none": None, "yes": True, "small": -5, "large": 2**40, "huge": 2**70, "float": 0.1, "text": "µ" * 300,
        "bytes": b"\x00\xff", "list": [1, [2]], "tuple": (1, 2, 3, 4), "set": {7}, "size": torch.Size([2, 3]),
        "type": torch.float16, "device": torch.device("cpu"), "numpy": numpy.float32(0.5), "count": numpy.int64(-9),
        3: "a number as key",
    }
    torch.save(values, FOLDER / "pickle5.pth", pickle_protocol=5)

    torch.serialization.set_crc32_options(False)
    torch.save({"x": torch.arange(100.0)[10:20:3]}, FOLDER / "narrow.pth")
    torch.serialization.set_crc32_options(True)
    torch.jit.save(torch.jit.script(nn.Identity()), FOLDER / "program.pth")


def foreign() -> None:
    looped = Namespace(lr=0.1)
    looped.itself = looped
    checkpoint = {
        "model": OrderedDict((f"module.model.{name}", tensor) for name, tensor in [
            ("fc.weight", torch.tensor([[1.0, -2.0]])), ("bn.num_batches_tracked", torch.tensor([7])),
        ]),
        "scheduler": {"milestones": Counter({30: 1, 60: 1}), "last_epoch": 4}, "args": looped,
        "cmc": numpy.arange(3.0), "best_mAP": numpy.float32(0.5), "counts": numpy.array([1], dtype=">i4"),
        "when": numpy.datetime64("2020-01-01"), "folder": PurePosixPath("logs"), "epoch": 4,
        "losses": defaultdict(list, total=[1.0]),
    }
    torch.save(checkpoint, FOLDER / "foreign.pth", pickle_protocol=4)
    torch.save(checkpoint, FOLDER / "foreign.pth.tar", _use_new_zipfile_serialization=False)


if __name__ == "__main__":
    main()
    foreign()
