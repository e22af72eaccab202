# SPDX-License-Identifier: MIT
"""Writes retrieval.json: inputs and expected results of the retrieval mathematics.

Everything is the slow, dense form of the published definitions, in double precision, with scikit-learn for DBSCAN,
average precision and the agreement of partitions. Run it in this folder:  python make_retrieval.py
"""

import base64
import json
import platform

import numpy as np
import sklearn
from sklearn.cluster import DBSCAN
from sklearn.metrics import average_precision_score, normalized_mutual_info_score
from sklearn.metrics.cluster import pair_confusion_matrix

SEED = 20200824


def packed(values):
    return base64.b64encode(np.ascontiguousarray(values, dtype="<f4").tobytes()).decode()


def clustered(random, count, identities, dimension, spread):
    """Unit rows in single precision around one Gaussian centre per identity."""
    centres = random.standard_normal((identities, dimension))
    who = random.integers(0, identities, count)
    rows = (centres[who] + spread * random.standard_normal((count, dimension))).astype(np.float32)
    rows = rows.astype(np.float64)
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32), who


def squared(left, right):
    return np.maximum(0, 2 - 2 * left.astype(np.float64) @ right.astype(np.float64).T)


def reciprocal(order, row, width):
    return [j for j in order[row][:width] if row in order[j][:width]]


def encoded(distances, order, k1, k2, whole):
    """V: weights over the expanded k-reciprocal sets, averaged over each row's k2 nearest."""
    count = len(distances)
    half = int(np.around(k1 / 2)) + 1
    weights = np.zeros((count, count))
    for row in range(count):
        members = reciprocal(order, row, whole)
        expanded = set(members)
        for member in members:
            inner = reciprocal(order, member, half)
            if len(set(inner) & set(members)) > 2 / 3 * len(inner):
                expanded |= set(inner)
        expanded = sorted(expanded)
        values = np.exp(-distances[row, expanded])
        weights[row, expanded] = values / values.sum()
    if k2 == 1:
        return weights
    return np.stack([weights[order[row][:k2]].mean(axis=0) for row in range(count)])


def jaccard(weights, rows):
    overlap = np.stack([np.minimum(weights[row], weights).sum(axis=1) for row in rows])
    return np.maximum(0, 1 - overlap / (2 - overlap))


def clustering_case(random, count, identities, dimension, spread, k1, k2, radius, minimum):
    rows, _ = clustered(random, count, identities, dimension, spread)
    distances = squared(rows, rows)
    np.fill_diagonal(distances, 0)
    order = np.argsort(distances, axis=1, kind="stable")[:, :k1]
    final = jaccard(encoded(distances, order, k1, k2, k1), range(count))
    labels = DBSCAN(eps=radius, min_samples=minimum, metric="precomputed").fit_predict(final.astype(np.float32))
    return {"count": count, "dimension": dimension, "k1": k1, "k2": k2, "radius": radius, "minimum": minimum,
            "features": packed(rows), "jaccard": packed(final), "labels": labels.tolist()}


def reranking_case(random, queries, count, identities, dimension, spread, k1, k2, weight, blend):
    rows, _ = clustered(random, count, identities, dimension, spread)
    cameras, _ = clustered(random, count, 4, 5, 0.3)
    original = squared(rows, rows) - weight * squared(cameras, cameras)
    np.fill_diagonal(original, 0)
    original = original**2
    original = (original / original.max(axis=0)).T
    order = np.argsort(original, axis=1, kind="stable")
    weights = encoded(original, order, k1, k2, k1 + 1)
    final = (1 - blend) * jaccard(weights, range(queries)) + blend * original[:queries]
    return {"queries": queries, "count": count, "dimension": dimension, "k1": k1, "k2": k2, "cameraWeight": weight,
            "originalWeight": blend, "features": packed(rows), "cameras": packed(cameras), "cameraDimension": 5,
            "final": packed(final[:, queries:])}


def ranking_case(random, queries, gallery, identities, cameras, cut, maximum):
    query_ids, gallery_ids = random.integers(1, identities, queries), random.integers(0, identities, gallery)
    query_cameras, gallery_cameras = random.integers(0, cameras, queries), random.integers(0, cameras, gallery)
    same = query_ids[:, None] == gallery_ids[None]
    distances = (random.standard_normal((queries, gallery)) - 1.2 * same).astype(np.float32)
    precisions, penalties, curves = [], [], []
    for query in range(queries):
        order = np.argsort(distances[query], kind="stable")
        junk = (gallery_ids == query_ids[query]) & (gallery_cameras == query_cameras[query])
        if not (same[query] & ~junk).any():
            continue
        kept = order[:cut]
        kept = kept[~junk[kept]]
        hits = same[query][kept]
        curve = np.zeros(maximum)
        precisions.append(average_precision_score(hits, -distances[query][kept]) if hits.any() else 0)
        penalties.append(hits.sum() / (np.flatnonzero(hits)[-1] + 1) if hits.any() else 0)
        if hits.any() and np.flatnonzero(hits)[0] < maximum:
            curve[np.flatnonzero(hits)[0]:] = 1
        curves.append(curve)
    return {"queries": queries, "gallery": gallery, "cut": cut, "maximum": maximum, "distances": packed(distances),
            "queryIdentities": query_ids.tolist(), "galleryIdentities": gallery_ids.tolist(),
            "queryCameras": query_cameras.tolist(), "galleryCameras": gallery_cameras.tolist(),
            "mAP": float(np.mean(precisions)), "mINP": float(np.mean(penalties)),
            "cmc": np.mean(curves, axis=0).tolist(), "skipped": queries - len(precisions)}


def agreement_case(random, count, identities):
    who = random.integers(0, identities, count)
    labels = np.where(random.random(count) < 0.7, who, random.integers(-1, identities, count))
    _, labels = np.unique(labels, return_inverse=True)
    labels = labels - 1
    clustered_rows = labels >= 0
    apart = np.where(clustered_rows, labels, labels.max() + 1 + np.arange(count))
    (_, wrong), (missed, right) = pair_confusion_matrix(who, apart)
    purity = sum(np.bincount(who[labels == label]).max() for label in range(labels.max() + 1)) / clustered_rows.sum()
    return {"labels": labels.tolist(), "identities": who.tolist(), "purity": float(purity),
            "nmi": float(normalized_mutual_info_score(who[clustered_rows], labels[clustered_rows])),
            "precision": float(right / (right + wrong)), "recall": float(right / (right + missed))}


def main():
    random = np.random.default_rng(SEED)
    fixture = {
        "made": {"seed": SEED, "python": platform.python_version(), "numpy": np.__version__,
                 "scikit-learn": sklearn.__version__},
        "clustering": [
            clustering_case(random, 60, 6, 16, 0.7, 10, 3, 0.6, 4),
            clustering_case(random, 90, 9, 8, 0.5, 20, 6, 0.6, 4),
            clustering_case(random, 72, 4, 32, 1.0, 15, 4, 0.5, 3),
            clustering_case(random, 50, 12, 5, 0.4, 7, 1, 0.7, 2),
            clustering_case(random, 24, 3, 12, 0.8, 30, 6, 0.6, 4),
            clustering_case(random, 100, 20, 64, 0.9, 30, 6, 0.62, 4),
        ],
        "reranking": [
            reranking_case(random, 8, 60, 6, 16, 0.7, 10, 3, 0.0, 0.3),
            reranking_case(random, 10, 80, 8, 8, 0.5, 20, 6, 0.1, 0.3),
            reranking_case(random, 5, 45, 5, 24, 0.9, 7, 1, 0.2, 0.0),
            reranking_case(random, 12, 40, 4, 6, 0.6, 30, 6, 0.1, 0.5),
            reranking_case(random, 20, 20 + 51, 9, 40, 1.0, 50, 6, 0.0, 1.0),
        ],
        "ranking": [
            ranking_case(random, 20, 150, 12, 4, None, 50),
            ranking_case(random, 20, 150, 12, 4, 100, 50),
            ranking_case(random, 30, 60, 25, 3, 10, 50),
            ranking_case(random, 15, 300, 40, 2, None, 20),
            ranking_case(random, 40, 400, 20, 6, 100, 50),
        ],
        "agreement": [agreement_case(random, 80, 7), agreement_case(random, 200, 30)],
    }
    with open("retrieval.json", "w", encoding="utf8") as file:
        json.dump(fixture, file, indent=1)
        file.write("\n")


if __name__ == "__main__":
    main()
