# SPDX-License-Identifier: MIT
"""The losses of the twins, each on whole batches, and a check that they are ours: the same numbers by hand as in our tests."""

import math

import torch
import torch.nn.functional as F


def smoothed_cross_entropy(logits, labels):
    return F.cross_entropy(logits, labels, label_smoothing=0.1)


def soft_cross_entropy(logits, teacher):
    return -(teacher.softmax(1) * logits.log_softmax(1)).sum(1).mean()


def distances(features):
    squares = features.square().sum(1)
    return (squares[:, None] + squares[None] - 2 * features @ features.T).clamp(min=1e-12).sqrt()


def hardest(features, labels, mined_on=None):
    """Distances to the furthest of the same class and to the nearest of another, `[B, 2]`, and their columns."""
    table = distances(features)
    if mined_on is None:
        same = labels[:, None] == labels[None]
        furthest, nearest = (table - 1e7 * ~same).argmax(1, keepdim=True), (table + 1e7 * same).argmin(1, keepdim=True)
        mined_on = torch.cat([furthest, nearest], 1)
    return table.gather(1, mined_on), mined_on


def softmax_triplet(features, labels):
    pairs, _ = hardest(features, labels)
    return F.softplus(pairs[:, 0] - pairs[:, 1]).mean()


def soft_triplet(student, teacher, labels):
    pairs, columns = hardest(student, labels)
    expected, _ = hardest(teacher, labels, columns)
    return soft_cross_entropy(pairs, expected)


def arcface(embeddings, rows, labels, scale=64, margin=0.35):
    cosine = F.normalize(embeddings) @ F.normalize(rows).T
    sine = (1 - cosine.square()).clamp(min=1e-7).sqrt()
    turned = torch.where(cosine > math.cos(math.pi - margin), cosine * math.cos(margin) - sine * math.sin(margin),
                         cosine - margin * math.sin(math.pi - margin))
    is_truth = torch.arange(len(rows), device=labels.device)[None] == labels[:, None]
    return scale * torch.where(is_truth, turned, cosine)


def contrastive(queries, keys, queue, temperature=0.07):
    """queue: columns of length 1, `[D, Q]`; queries and keys of length 1, `[B, D]`."""
    logits = torch.cat([(queries * keys).sum(1, keepdim=True), queries @ queue], 1) / temperature
    return -logits.log_softmax(1)[:, 0].mean()


def memory_loss(logits, classes, sizes, truth):
    """The mean of the logits of a class's rows is the class's logit.

    logits      of rows, `[B, M]`
    classes     of rows, `[M]`
    sizes       rows of each class, `[K]`, 0 for none
    truth       the batch's classes, `[B]`
    """
    means = logits.new_zeros(len(logits), len(sizes)).index_add(1, classes, logits) / sizes.clamp(min=1)
    weights = means.exp() * (sizes > 0)
    shares = weights.gather(1, truth[:, None]) / (weights.sum(1, keepdim=True) + 1e-6)
    return -(shares + 1e-6).log().mean()


def move_rows(memory, rows, towards, momentum=0.2):
    """Rows that are all different move towards embeddings, to length 1 again."""
    memory[rows] = F.normalize(momentum * memory[rows] + (1 - momentum) * towards)


def check_losses():
    """Holds the losses against numbers that Swift's tests have too. Raises where one is wrong."""
    steps = torch.arange(32.0).reshape(8, 4)
    first, second = torch.sin(0.7 * steps + 0.3), torch.cos(0.45 * steps + 0.1)
    labels, rows = torch.arange(8) // 2, torch.cos(0.37 * torch.arange(20.0).reshape(5, 4))
    queue = F.normalize(torch.sin(0.9 * torch.arange(64.0).reshape(4, 16)), dim=0)
    index = torch.arange(6.0)
    seen = F.normalize(torch.stack([(index + 1).sin(), (2 * index).cos(), (3 * index + 0.5).sin()], 1))[:4]
    bank = F.normalize(torch.stack([index.cos(), (2 * index + 1).sin(), (3 * index).cos()], 1))
    classes, touched = torch.tensor([0, 0, 2, 2, 3, 4]), torch.tensor([0, 2, 2, 5])
    sizes = torch.bincount(classes).float()
    found = {
        "softmax triplet": (softmax_triplet(first, labels), 1.953260),
        "soft triplet": (soft_triplet(first, second, labels), 1.274249),
        "smoothed cross-entropy": (smoothed_cross_entropy(first @ rows.T, labels), 2.422277),
        "soft cross-entropy": (soft_cross_entropy(first @ rows.T, second @ rows.T), 2.112829),
        "ArcFace": (smoothed_cross_entropy(arcface(first, rows, labels), labels), 68.281830),
        "contrastive": (contrastive(F.normalize(first), F.normalize(second), queue), 9.162602),
        "memory": (memory_loss(seen @ bank.T / 0.05, classes, sizes, classes[touched]), 9.6976109),
    }
    for places in ([0, 1, 3], [2]):
        move_rows(bank, touched[places], seen[places])
    found["moved row"] = (bank[2, 0], 0.34110495)
    wrong = [f"{name} {value:.6f} instead of {known}" for name, (value, known) in found.items()
             if not math.isclose(value, known, rel_tol=1e-5)]
    if wrong:
        raise ValueError(f"losses of the twins are not ours: {', '.join(wrong)}")
    return len(found)
