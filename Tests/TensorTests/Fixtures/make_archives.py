# SPDX-License-Identifier: MIT
"""Makes the archives that NumPyArchiveTests.swift reads.

    pip install numpy && python make_archives.py

Every array of numbers counts up from its first element, so that the test can say what it holds:
    stored.npz      an array of every type that is read, named after it; matrices in both orders; a scalar and an empty array;
                    arrays of types that are refused
    deflated.npz    the same, compressed
    small.npz       one compressed array, small enough to be damaged in every place
"""

from pathlib import Path

import numpy

FOLDER = Path(__file__).parent
TYPES = ["float64", "float32", "float16", "int64", "int32", "int16", "int8", "uint8", "bool"]

ARRAYS = {name: numpy.arange(3).astype(name) for name in TYPES} | {
    "below": numpy.array([-3, 4], dtype=numpy.int16),
    "rows": numpy.arange(6, dtype=numpy.float32).reshape(2, 3),
    "columns": numpy.asfortranarray(numpy.arange(6, dtype=numpy.float32).reshape(2, 3)),
    "cube": numpy.asfortranarray(numpy.arange(24, dtype=numpy.int64).reshape(2, 3, 4)),
    "query.features": numpy.arange(200, dtype=numpy.float64).reshape(100, 2),
    "scalar": numpy.array(7),
    "empty": numpy.zeros((0, 3), dtype=numpy.float32),
    "big": numpy.arange(3).astype(">f4"),
    "text": numpy.array(["a", "bc"]),
    "bytes": numpy.array([b"a"]),
    "objects": numpy.array([{}, None], dtype=object),
    "unsigned": numpy.arange(3, dtype=numpy.uint32),
    "complex": numpy.arange(3).astype(numpy.complex64),
    "dates": numpy.array(["2020-01-01"], dtype="datetime64[D]"),
    "records": numpy.array([(1, 2.0)], dtype=[("a", "<i4"), ("b", "<f4")]),
}

if __name__ == "__main__":
    numpy.savez(FOLDER / "stored.npz", **ARRAYS)
    numpy.savez_compressed(FOLDER / "deflated.npz", **ARRAYS)
    numpy.savez_compressed(FOLDER / "small.npz", a=numpy.arange(16, dtype=numpy.float32))
