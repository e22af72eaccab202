# SPDX-License-Identifier: MIT
"""Writes visda2020.json: what two rankings of VisDA-2020's validation set are worth under its two protocols.

One ranking is the organisers' sample submission, the other comes from a formula in integers, so that the test can
repeat it to the bit. Every number follows the definition, one query and one rank at a time. Run it in this folder with
the folder of the challenge's public lists:  python make_visda2020.py ../../../../shared/data/visda2020
"""

import json
import pathlib
import sys

CUT, MAXIMUM = 100, 50


def sightings(path):
    """(identity, camera) of every line, both from the file's name."""
    rows = []
    for line in path.read_text().splitlines():
        identity, camera = line.split()[0].split("_")[:2]
        rows.append((int(identity), int(camera[1 : camera.index("s")])))
    return rows


def noise(query, row):
    """24 bits that look random."""
    value = (query * 7919 + row) * 2654435761 % 2**32
    value = (value ^ value >> 15) * 2246822519 % 2**32
    return (value ^ value >> 13) >> 8


def score(queries, gallery, rankings, cut):
    """Means over the queries that have a match in another camera."""
    precisions, penalties, curve, skipped = [], [], [0] * MAXIMUM, 0
    for query, ranking in zip(queries, rankings):
        if not any(row[0] == query[0] and row[1] != query[1] for row in gallery):
            skipped += 1
            continue
        rank, hits, last, precision, first = 0, 0, 0, 0.0, None
        for row in ranking[:cut]:
            if gallery[row] == query:
                continue
            rank += 1
            if gallery[row][0] == query[0]:
                hits, last = hits + 1, rank
                precision += hits / rank
                first = first or rank
        precisions.append(precision / max(1, hits))
        penalties.append(hits / last if hits else 0)
        for place in range((first or MAXIMUM + 1) - 1, MAXIMUM):
            curve[place] += 1
    count = len(precisions)
    return {"mAP": sum(precisions) / count, "mINP": sum(penalties) / count, "cmc": [hits / count for hits in curve],
            "skipped": skipped}


def main():
    folder = pathlib.Path(sys.argv[1])
    queries = sightings(folder / "index_validation_query.txt")
    gallery = sightings(folder / "index_validation_gallery.txt")
    sample = [[int(word) for word in line.split()]
              for line in (folder / "sample_result_validation.txt").read_text().splitlines()]
    # What the sample does not list comes after it, by row number.
    sample = [listed + sorted(set(range(len(gallery))) - set(listed)) for listed in sample]
    formula = []
    for number, query in enumerate(queries):
        distances = [noise(number, row) - (500_000 if seen[0] == query[0] else 0) for row, seen in enumerate(gallery)]
        formula.append(sorted(range(len(gallery)), key=lambda row: (distances[row], row)))
    results = {name: {"visda2020": score(queries, gallery, rankings, CUT),
                      "visda2020-textbook": score(queries, gallery, rankings, None)}
               for name, rankings in (("sample", sample), ("formula", formula))}
    results["formulaStart"] = formula[0][:5]
    pathlib.Path("visda2020.json").write_text(json.dumps(results, indent=1) + "\n")


main()
