#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""Measures Retrieval beside a NumPy twin, in one run, and prints a table.

    swift build -c release --package-path Benchmarks
    python3 Benchmarks/retrieval.py [--rows 12936] [--queries 3368 --gallery 15913] [--no-twin]

Every case is a process of its own, so that its peak of memory is its own. The rows are a Gaussian centre per identity
(one for 18 rows) and Gaussian noise of the same scale; both sides read them from the same file and normalise them.
The twin is the dense form of the published algorithms: N×N tables and a loop over rows. It needs NumPy, and
scikit-learn for DBSCAN. OPENBLAS_CORETYPE chooses the kernels of ours.
"""

import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile
import time

import numpy as np

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / ".build" / "release" / "RetrievalBenchmarks"
DIMENSION = 2048
K1, K2, RADIUS, MINIMUM, BLEND = 30, 6, 0.6, 4, np.float32(0.3)


def make_rows(folder, count):
    random = np.random.default_rng(1)
    identities = max(1, count // 18)
    centres = random.standard_normal((identities, DIMENSION), dtype=np.float32)
    who = random.integers(0, identities, count)
    rows = centres[who] + random.standard_normal((count, DIMENSION), dtype=np.float32)
    rows.tofile(folder / "rows.f32")
    who.astype(np.int64).tofile(folder / "identities.i64")


def unit_rows(folder):
    rows = np.fromfile(folder / "rows.f32", dtype=np.float32).reshape(-1, DIMENSION)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    return rows


# The twin: N×N tables, as the reference implementations have them.

def nearest(distances, width):
    first = np.argpartition(distances, width - 1, axis=1)[:, :width]
    order = np.take_along_axis(distances, first, axis=1).argsort(axis=1)
    return np.take_along_axis(first, order, axis=1)


def search(rows, width):
    found = np.empty((len(rows), width), dtype=np.int64)
    for start in range(0, len(rows), 1024):
        found[start:start + 1024] = nearest(2 - 2 * rows[start:start + 1024] @ rows.T, width)
    return found


def reciprocal(order, row, width):
    forward = order[row, :width]
    return forward[(order[forward, :width] == row).any(axis=1)]


def encode(order, weigh, whole):
    count, half = len(order), int(np.around(K1 / 2)) + 1
    inner = [reciprocal(order, row, half) for row in range(count)]
    table = np.zeros((count, count), dtype=np.float32)
    for row in range(count):
        members = reciprocal(order, row, whole)
        sets = [members]
        for member in members:
            candidates = inner[member]
            if len(np.intersect1d(candidates, members)) > 2 / 3 * len(candidates):
                sets.append(candidates)
        expanded = np.unique(np.concatenate(sets))
        weights = weigh(row, expanded)
        table[row, expanded] = weights / weights.sum()
    averaged = np.empty_like(table)
    for row in range(count):
        averaged[row] = table[order[row, :K2]].mean(axis=0)
    return averaged


def jaccard(table, rows):
    count = len(table)
    columns = [np.flatnonzero(table[:, column]) for column in range(count)]
    result = np.zeros((rows, count), dtype=np.float32)
    for row in range(rows):
        overlap = np.zeros(count, dtype=np.float32)
        for column in np.flatnonzero(table[row]):
            overlap[columns[column]] += np.minimum(table[row, column], table[columns[column], column])
        result[row] = 1 - overlap / (2 - overlap)
    return np.maximum(result, 0)


def twin_search(folder, _):
    rows = unit_rows(folder)
    start = time.perf_counter()
    found = search(rows, K1)
    return time.perf_counter() - start, {"lastNeighbourOfFirstRow": float(found[0, -1])}


def twin_cluster(folder, _):
    from sklearn.cluster import DBSCAN

    rows = unit_rows(folder)
    start = time.perf_counter()
    order = search(rows, K1)
    table = encode(order, lambda row, members: np.exp(2 * rows[members] @ rows[row] - 2), K1)
    distances = jaccard(table, len(rows))
    del table
    labels = DBSCAN(eps=RADIUS, min_samples=MINIMUM, metric="precomputed", n_jobs=-1).fit_predict(distances)
    seconds = time.perf_counter() - start
    labels.astype(np.int64).tofile(folder / "twin-labels.i64")
    return seconds, {"clusters": float(labels.max() + 1), "outliers": float((labels == -1).sum())}


def twin_rerank(folder, queries):
    rows = unit_rows(folder)
    start = time.perf_counter()
    original = (2 - 2 * rows @ rows.T) ** 2
    original = np.ascontiguousarray((original / original.max(axis=0)).T)
    order = original.argsort(axis=1)[:, :K1 + 1].copy()
    table = encode(order, lambda row, members: np.exp(-original[row, members]), K1 + 1)
    final = (1 - BLEND) * jaccard(table, queries) + BLEND * original[:queries]
    final = final[:, queries:]
    return time.perf_counter() - start, {"sumOfFirstRow": float(final[0].sum(dtype=np.float64))}


def twin_evaluate(folder, queries):
    rows = unit_rows(folder)
    who = np.fromfile(folder / "identities.i64", dtype=np.int64)
    cameras = np.arange(len(who)) % 6
    start = time.perf_counter()
    order = (2 - 2 * rows[:queries] @ rows[queries:].T).argsort(axis=1)
    precisions, first = [], []
    for query in range(queries):
        ranked = order[query] + queries
        same = who[ranked] == who[query]
        hits = same[~(same & (cameras[ranked] == cameras[query]))]
        places = np.flatnonzero(hits)
        if len(places):
            precisions.append(np.mean(np.arange(1, len(places) + 1) / (places + 1)))
            first.append(places[0] == 0)
    return time.perf_counter() - start, {"mAP": float(np.mean(precisions)), "top1": float(np.mean(first))}


# Cases that are run at every number of rows; the others have queries and a gallery.
EACH = ("search", "cluster", "approximate", "kmeans")
TWINS = {"search": twin_search, "cluster": twin_cluster, "rerank": twin_rerank, "evaluate": twin_evaluate}


def run_twin(case, folder, queries):
    """In a child process, whose report is its last line."""
    command = [sys.executable, __file__, "--twin", case, "--folder", str(folder), "--queries", str(queries)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.splitlines()[-1])


def report_twin(case, folder, queries):
    seconds, found = TWINS[case](folder, queries)
    # The process's own peak; `ru_maxrss` would include that of the process which started it.
    status = pathlib.Path("/proc/self/status").read_text(encoding="utf8")
    peak = int(status.split("VmHWM:")[1].split()[0]) * 1024
    usage = resource.getrusage(resource.RUSAGE_SELF)
    print(json.dumps({"seconds": seconds, "processorSeconds": usage.ru_utime + usage.ru_stime,
                      "peakBytes": peak, "found": found}))


def run_ours(*arguments):
    output = subprocess.run([str(PROGRAM), *map(str, arguments)], check=True, stdout=subprocess.PIPE).stdout
    return json.loads(output)


def same_partition(folder):
    ours, twin = (np.fromfile(folder / name, dtype=np.int64) for name in ("labels.i64", "twin-labels.i64"))
    pairs = {pair for pair in zip(ours.tolist(), twin.tolist())}
    return len(pairs) == len(set(ours.tolist())) == len(set(twin.tolist()))


def line(case, size, ours, twin):
    columns = [case, size, f"{ours['seconds']:.2f} s ({ours['processorSeconds']:.2f})",
               f"{ours['peakBytes'] / 2**20:.0f} MiB"]
    if twin:
        columns += [f"{twin['seconds']:.1f} s ({twin['processorSeconds']:.1f})",
                    f"{twin['peakBytes'] / 2**20:.0f} MiB", f"{twin['seconds'] / ours['seconds']:.1f}"]
    print("| " + " | ".join(columns) + " |", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, nargs="*", default=[12936])
    parser.add_argument("--queries", type=int, default=3368)
    parser.add_argument("--gallery", type=int, default=15913)
    parser.add_argument("--cases", nargs="*", default=["search", "cluster", "rerank", "evaluate"])
    parser.add_argument("--no-twin", action="store_true")
    parser.add_argument("--twin", help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=pathlib.Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.twin:
        return report_twin(options.twin, options.folder, options.queries)

    rate = run_ours("rate")
    # By processor time, since others may use the cores: see `MatrixLibrary.measuredRate(repetitions:)`.
    per_core = rate["found"]["operations"] / rate["processorSeconds"]
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}, OpenBLAS kernels {rate['coreType']}, "
          f"{rate['operationsPerSecond'] / 1e9:.0f} GFLOP/s in single precision, {per_core / 1e9:.0f} per core\n")
    print("| case | size | ours: wall (processor) | peak | twin: wall (processor) | peak | ratio |\n|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        sizes = [(case, rows, 0) for rows in options.rows for case in options.cases if case in EACH]
        sizes += [(case, options.queries + options.gallery, options.queries)
                  for case in options.cases if case not in EACH]
        made = None
        for case, rows, queries in sizes:
            if made != rows:
                make_rows(folder, rows)
                made = rows
            extra = {"cluster": [folder / "labels.i64"], "rerank": [queries],
                     "evaluate": [queries, folder / "identities.i64"]}.get(case, [])
            ours = run_ours(case, folder / "rows.f32", DIMENSION, *extra)
            twin = None if options.no_twin or case not in TWINS else run_twin(case, folder, queries)
            line(case, f"{queries} × {rows - queries}" if queries else f"{rows}", ours, twin)
            if case == "search":
                operations = rows * rows * DIMENSION
                print(f"|  | | {operations / ours['processorSeconds'] / per_core:.0%} of the rate per core, "
                      f"each pair counted once | | | | |")
            if twin and case == "cluster":
                print(f"| | | same partition: {same_partition(folder)} | | | | |")
            elif twin or case == "approximate":
                print(f"| | | found {ours['found']} | | {twin['found'] if twin else ''} | | |")


if __name__ == "__main__":
    main()
