# SPDX-License-Identifier: MIT
"""Checks with PyTorch that written.pth.tar, and any other file named, is what CheckpointTests.swift writes.

    pip install torch==2.13.0 && python check_written.py [FILE ...]

`PASSERBY_RECORD_FIXTURES=1 swift test --filter 'written checkpoint'` writes written.pth.tar anew. The test compares
its bytes; this script says that they mean the right thing, to PyTorch and to Python's own zip reader.
"""

import sys
import zipfile
from collections import OrderedDict
from pathlib import Path

import torch

EXPECTED = OrderedDict(
    weight=torch.tensor([[1.5, -2.0, 3.0], [4.0, 5.0, 6.0]]),
    labels=torch.tensor([7, -9]),
    scalar=torch.tensor(2.0),
    empty=torch.zeros(0, 3),
    mask=torch.tensor([True, False]),
)


def check(path: Path) -> None:
    assert zipfile.ZipFile(path).testzip() is None, "a checksum differs"
    for options in ({"weights_only": True}, {"weights_only": False}, {"weights_only": True, "mmap": True}):
        checkpoint = torch.load(path, **options)
        assert list(checkpoint) == ["state_dict", "best_mAP", "epoch", "note"], list(checkpoint)
        assert checkpoint["epoch"] == 12 and type(checkpoint["epoch"]) is int
        assert checkpoint["best_mAP"] == 0.625 and type(checkpoint["best_mAP"]) is float
        assert checkpoint["note"] == "µ"
        state = checkpoint["state_dict"]
        assert type(state) is OrderedDict and list(state) == list(EXPECTED), list(state)
        for name, expected in EXPECTED.items():
            tensor = state[name]
            assert tensor.dtype == expected.dtype and tensor.shape == expected.shape, name
            assert tensor.is_contiguous() and not tensor.requires_grad, name
            assert torch.equal(tensor, expected), name
            assert tensor.numel() == 0 or tensor.data_ptr() % 64 == 0 or "mmap" not in options, name
    print(f"{path}: as it should be")


if __name__ == "__main__":
    for name in sys.argv[1:] or [Path(__file__).parent / "written.pth.tar"]:
        check(Path(name))
