# SPDX-License-Identifier: MIT
"""Steps of methods that adapt to clusters: MMT+, MMT and the clustering baseline."""

import torch

from trace_setting import (
    BATCH, GROUP, ITERATIONS, SIZE, SOURCE_CLASSES, labels, length, statistics, values, Watched)
import reference_methods as methods
from reference_networks import pattern, Residual, TwoConvolutions, with_head


class MutualPair:
    """A student and its mean network, the rows of their classifiers and the queue."""

    def __init__(self, setting, number):
        self.student, self.mean = (
            methods.separate_domains(setting.embedding_network(f"network {number} ")) for _ in range(2))
        self.source_rows = [setting.rows(f"rows {number}", SOURCE_CLASSES).detach()] * 2
        self.rows = []
        keys = setting.tensor(pattern(f"queue {number}", [512, BATCH * ITERATIONS]))
        self.queue, self.pointer = torch.nn.functional.normalize(keys, dim=0), 0

    def relabel(self, centroids):
        """The source's rows go on, each cluster begins with its centroid."""
        kept = [rows[:SOURCE_CLASSES].detach() for rows in self.rows] or self.source_rows
        self.rows = [torch.cat([rows, centroids]) for rows in kept]
        self.rows[0].requires_grad_()

    def students(self):
        return [*self.student.parameters(), self.rows[0]]

    def means(self):
        return [*self.mean.parameters(), self.rows[1]]


# The clusters of every epoch, of 24 images: with outliers as DBSCAN gives them, and without as k-means does.
CLUSTERS = [
    [-1 if i % 7 == 3 else i % 5 for i in range(24)],
    [i % 6 for i in range(24)],
    [-1 if i % 5 == 0 else (i * 3) % 4 for i in range(24)],
    [(i * 5) % 7 for i in range(24)],
]


def centroids(setting, epoch):
    features = torch.nn.functional.normalize(setting.tensor(pattern(f"features {epoch}", [24, 512])), dim=1)
    clusters = torch.tensor(CLUSTERS[epoch])
    means = torch.stack([features[clusters == c].mean(dim=0) for c in range(max(CLUSTERS[epoch]) + 1)])
    return torch.nn.functional.normalize(means, dim=1)


def mutual_step(setting, pairs, step, head):
    """The losses of a step, and the keys to be queued."""
    clusters = max(CLUSTERS[step // ITERATIONS]) + 1
    source, target = labels(step, BATCH, SOURCE_CLASSES), labels(step, BATCH, clusters)
    truth = torch.tensor(source + [SOURCE_CLASSES + cluster for cluster in target])
    seen = []
    for view, pair in enumerate(pairs):
        batch = torch.cat([
            setting.images("source", step, source, SIZE, view), setting.images("target", step, target, SIZE, view)])
        batch = setting.tensor(batch)
        student = pair.student.train()(batch)
        with torch.no_grad():
            mean = pair.mean.train()(batch)
        seen.append({
            "x": student[0], "z": student[1], "logits": head(student[1], pair.rows[0], truth),
            "mean x": mean[0], "mean z": mean[1], "mean logits": head(mean[1], pair.rows[1], truth).detach(),
        })
    one, two = seen
    losses = {
        "identity": sum(methods.smoothed_cross_entropy(own["logits"], truth) for own in seen),
        "soft_identity": methods.soft_cross_entropy(one["logits"], two["mean logits"])
        + methods.soft_cross_entropy(two["logits"], one["mean logits"]),
        "triplet": sum(methods.softmax_triplet(own["x"], truth) for own in seen),
        "soft_triplet": methods.soft_triplet(one["x"], two["mean x"], truth)
        + methods.soft_triplet(two["x"], one["mean x"], truth),
        "contrastive": sum(
            methods.contrastive(own["z"][BATCH:], own["mean z"][BATCH:], pair.queue.clone(), 0.07)
            for own, pair in zip(seen, pairs)),
    }
    return losses, [own["mean z"][BATCH:] for own in seen]


def mutual(head, triplet_weight, epochs, setting):
    pairs = [MutualPair(setting, number) for number in (1, 2)]
    networks = {}
    for number, pair in enumerate(pairs, 1):
        networks[f"student {number}"] = Watched(pair.student.parameters())
        networks[f"mean {number}"] = Watched(pair.mean.parameters())
        pair.mean.requires_grad_(False)
    for step in range(epochs * ITERATIONS):
        epoch = step // ITERATIONS
        if step % ITERATIONS == 0:
            for pair in pairs:
                pair.relabel(centroids(setting, epoch))
            adam = torch.optim.Adam([p for pair in pairs for p in pair.students()], lr=1e-5, weight_decay=0.05)
        losses, keys = mutual_step(setting, pairs, step, head)
        adam.zero_grad()
        (0.5 * losses["identity"] + 0.5 * losses["soft_identity"] + 0.1 * losses["contrastive"]
         + triplet_weight * (0.5 * losses["triplet"] + 0.5 * losses["soft_triplet"])).backward()
        adam.step()
        recorded = values(losses)
        for number, (pair, new) in enumerate(zip(pairs, keys), 1):
            methods.move_means(pair.means(), pair.students(), methods.mean_decay(step, 0.9))
            place = pair.pointer
            pair.queue[:, place:place + BATCH] = torch.nn.functional.normalize(new, dim=1).T
            pair.pointer = (place + BATCH) % (BATCH * ITERATIONS)
            recorded |= {
                f"student {number}.gradient": networks[f"student {number}"].gradient(),
                f"student {number}.moved": networks[f"student {number}"].moved(),
                f"mean {number}.moved": networks[f"mean {number}"].moved(),
                f"rows {number}.gradient": [length([pair.rows[0].grad])],
                f"rows {number}.student": pair.rows[0].detach()[:, 0].double().tolist(),
                f"rows {number}.mean": pair.rows[1].detach()[:, 0].double().tolist(),
                f"queue {number}.pointer": [float(pair.pointer)],
                f"queue {number}.keys": pair.queue[0].double().tolist(),
            }
            recorded |= statistics(f"student {number}", pair.student, [".BN_S", ".BN_T"])
            recorded |= statistics(f"mean {number}", pair.mean, [".BN_S", ".BN_T"])
        yield recorded


# Mutual mean-teaching

# A tenth of MMT+'s: hardest pairs and groups of four images are near ties more often.
RATE = 1e-6


class TeachingPair:
    """A student and its mean network, and the rows of their classifiers."""

    def __init__(self, setting, number):
        self.student, self.mean = (self.network(setting, f"network {number} ") for _ in range(2))
        self.rows = []

    @staticmethod
    def network(setting, name):
        network = setting.network(lambda: with_head(Residual(TwoConvolutions, [2, 2, 2, 2]), average=True), name)
        network.feat_bn.bias.requires_grad_(False)
        return methods.normalise_in_groups(network, GROUP)

    def relabel(self, centroids):
        self.rows = [centroids.clone().requires_grad_(), centroids.clone()]


def mutual_mean_teaching(setting):
    pairs = [TeachingPair(setting, number) for number in (1, 2)]
    students = [Watched(pair.student.parameters()) for pair in pairs]
    means = [Watched(pair.mean.parameters()) for pair in pairs]
    for pair in pairs:
        pair.mean.requires_grad_(False)
    for step in range(4 * ITERATIONS):
        epoch = step // ITERATIONS
        if step % ITERATIONS == 0:
            for pair in pairs:
                pair.relabel(centroids(setting, epoch))
            moved = [p for pair in pairs for p in [*pair.student.parameters(), pair.rows[0]] if p.requires_grad]
            adam = torch.optim.Adam(moved, lr=RATE, weight_decay=0.05)
        classes = labels(step, BATCH, max(CLUSTERS[epoch]) + 1)
        truth = torch.tensor(classes)
        seen = []
        for view, pair in enumerate(pairs):
            batch = setting.images("target", step, classes, SIZE, view)
            pooled, embedding = pair.student.train()(batch)
            with torch.no_grad():
                mean_pooled, mean_embedding = pair.mean.train()(batch)
            seen.append((pooled, embedding @ pair.rows[0].T, mean_pooled, mean_embedding @ pair.rows[1].T))
        (x1, p1, mean_x1, mean_p1), (x2, p2, mean_x2, mean_p2) = seen
        losses = {
            "identity": methods.smoothed_cross_entropy(p1, truth) + methods.smoothed_cross_entropy(p2, truth),
            "soft_identity": methods.soft_cross_entropy(p1, mean_p2) + methods.soft_cross_entropy(p2, mean_p1),
            "triplet": methods.softmax_triplet(x1, truth) + methods.softmax_triplet(x2, truth),
            "soft_triplet": methods.soft_triplet(x1, mean_x2, truth) + methods.soft_triplet(x2, mean_x1, truth),
        }
        adam.zero_grad()
        (0.5 * losses["identity"] + 0.2 * losses["triplet"] + 0.5 * losses["soft_identity"]
         + 0.8 * losses["soft_triplet"]).backward()
        adam.step()
        recorded = values(losses)
        for index, pair in enumerate(pairs):
            methods.move_means(
                [*pair.mean.parameters(), pair.rows[1]], [*pair.student.parameters(), pair.rows[0]],
                methods.mean_decay(step, 0.9))
            number = index + 1
            recorded |= {
                f"student {number}.gradient": students[index].gradient(),
                f"student {number}.moved": students[index].moved(),
                f"mean {number}.moved": means[index].moved(),
                f"rows {number}.gradient": [length([pair.rows[0].grad])],
                f"rows {number}.student": pair.rows[0].detach()[:, 0].double().tolist(),
                f"rows {number}.mean": pair.rows[1].detach()[:, 0].double().tolist(),
            }
            recorded |= statistics(f"student {number}", pair.student, [""])
            recorded |= statistics(f"mean {number}", pair.mean, [""])
        yield recorded


# The clustering baseline


def clustering_baseline(setting):
    network = setting.embedding_network("clustered ")
    watched = Watched(network.parameters())
    for step in range(4 * ITERATIONS):
        epoch = step // ITERATIONS
        if step % ITERATIONS == 0:
            # A row for each cluster, and an optimiser that remembers nothing.
            rows = centroids(setting, epoch).clone().requires_grad_()
            adam = torch.optim.Adam([*watched.tensors, rows], lr=1e-5, weight_decay=0.05)
        classes = labels(step, BATCH, len(rows))
        truth = torch.tensor(classes)
        pooled, embedding = network.train()(setting.images("target", step, classes, SIZE))
        losses = {
            "identity": methods.smoothed_cross_entropy(methods.linear(embedding, rows, truth), truth),
            "triplet": methods.softmax_triplet(pooled, truth),
        }
        adam.zero_grad()
        sum(losses.values()).backward()
        adam.step()
        yield values(losses) | statistics("network", network, [""]) | {
            "gradient": watched.gradient(), "moved": watched.moved(), "rows.gradient": [length([rows.grad])],
            "rows": rows.detach()[:, 0].double().tolist(),
        }


# Self-paced contrastive learning
