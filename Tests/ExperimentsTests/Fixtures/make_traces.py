# SPDX-License-Identifier: MIT
"""Makes the files of traces/: what some steps of every training method come to, from plain PyTorch.

    pip install torch numpy && python make_traces.py [NAME …]

The methods are those of reference_methods.py, the networks and the rule that fills them those of reference_networks.py,
which stands beside the backbones' fixture. All is computed in double precision, on the side of the tests too: single
precision is no measure here. One rounding that takes a unit of the last layer to the other side of its ReLU changes a
gradient by a thousandth, and among the 600,000 units of a trace there is one near enough to 0. `--single` prints how far
PyTorch itself is off in single precision.

Learning rates are small, so that what is computed from numbers of single precision (class centroids, the expectation of
smoothed labels) is not magnified: the first steps of Adam move every weight by the whole rate, however small its gradient
is. Decay is a hundred times the usual, so that it is seen beside gradients.

An epoch has five steps. Image i of a batch of class c shows squares of 8 × 8 pixels of the class's
colours under half as much noise:
    pattern("class c", [3, H/8, W/8]) + pattern("noise DOMAIN STEP VIEW", [B, 3, H, W])[i] / 2
with c = (step + ⌊i/2⌋) mod the number of classes; the target's classes are numbered from 0 for this purpose.
"""

import argparse
import json
import sys
from pathlib import Path

import torch

sys.path.insert(0, str(Path(__file__).parents[2] / "BackbonesTests" / "Fixtures"))

import reference_methods as methods  # noqa: E402
from reference_networks import (  # noqa: E402
    EMBEDDING_NETWORKS, Residual, TwoConvolutions, fill, pattern, with_head)
from reference_translation import Discriminator, Generator, Metric  # noqa: E402

ITERATIONS = 5
SOURCE_CLASSES = 6
SEED = 5
STATISTICS = ["bn1", "layer2.0.downsample.1", "layer4.1.bn2", "feat_bn"]


class Setting:
    """How numbers are represented."""

    def __init__(self, dtype, layout):
        self.dtype, self.layout = dtype, layout

    def tensor(self, values):
        values = values.to(self.dtype)
        return values.contiguous(memory_format=self.layout) if values.dim() == 4 else values.clone()

    def network(self, make, name):
        network = fill(make(), name).to(self.dtype)
        for parameter in network.parameters():
            if parameter.dim() == 4:
                parameter.data = parameter.data.contiguous(memory_format=self.layout)
        return network

    def embedding_network(self, name):
        network = self.network(EMBEDDING_NETWORKS["resnet18"], name)
        network.feat_bn.bias.requires_grad_(False)
        return network

    def rows(self, name, classes):
        return self.tensor(pattern(name, [classes, 512]) / 10).requires_grad_()

    def images(self, domain, step, classes, size, view=0):
        height, width = size
        colours = torch.stack([pattern(f"class {c}", [3, height // 8, width // 8]) for c in classes])
        squares = colours.repeat_interleave(8, dim=2).repeat_interleave(8, dim=3)
        return self.tensor(squares + pattern(f"noise {domain} {step} {view}", squares.shape) / 2)


def labels(step, count, classes):
    return [(step + i // 2) % classes for i in range(count)]


# What is recorded


def length(tensors):
    return sum(tensor.detach().double().square().sum().item() for tensor in tensors) ** 0.5


class Watched:
    """A network's trained tensors, or several networks' together, and where they began."""

    def __init__(self, tensors):
        self.tensors = [tensor for tensor in tensors if tensor.requires_grad]
        self.start = [tensor.detach().clone() for tensor in self.tensors]

    def gradient(self):
        return [length(tensor.grad for tensor in self.tensors if tensor.grad is not None)]

    def moved(self):
        return [length(tensor - start for tensor, start in zip(self.tensors, self.start))]


def statistics(name, network, branches):
    state = network.state_dict()
    places = [(layer, f"{layer}{branch}") for layer in STATISTICS for branch in branches]
    return {
        f"{name}.{place}.{kind}": state[f"{place}.{kind}"][:2].double().tolist()
        for _, place in places for kind in ("running_mean", "running_var")
    }


def values(losses):
    return {f"loss {name}": [loss.item()] for name, loss in losses.items()}


# Source pre-training, and the camera network

SIZE = (32, 16)
BATCH = 8
# Images that are normalised together, where there are groups.
GROUP = 4


def pretraining(setting):
    network, rows = setting.embedding_network("pretrained "), setting.rows("rows", SOURCE_CLASSES)
    watched = Watched([*network.parameters(), rows])
    adam = torch.optim.Adam(watched.tensors, weight_decay=0.05)
    for step in range(4 * ITERATIONS):
        rate = methods.stepped_rate(2e-5, 2, [3], step // ITERATIONS)
        adam.param_groups[0]["lr"] = rate
        classes = labels(step, BATCH, SOURCE_CLASSES)
        truth = torch.tensor(classes)
        pooled, embedding = network.train()(setting.images("source", step, classes, SIZE))
        losses = {
            "identity": methods.smoothed_cross_entropy(methods.linear(embedding, rows, truth), truth),
            "triplet": methods.softmax_triplet(pooled, truth),
        }
        with torch.no_grad():
            network(setting.images("target", step, labels(step, BATCH, 5), SIZE))
        adam.zero_grad()
        (losses["identity"] + losses["triplet"]).backward()
        adam.step()
        yield values(losses) | statistics("network", network, [""]) | {
            "rate": [rate], "gradient": watched.gradient(), "moved": watched.moved(),
        }


def camera_network(setting):
    network, rows = setting.embedding_network("camera "), setting.rows("camera rows", 5)
    watched = Watched([*network.parameters(), rows])
    adam = torch.optim.Adam(watched.tensors, weight_decay=0.05)
    for step in range(4 * ITERATIONS):
        rate = methods.stepped_rate(2e-5, 2, [3], step // ITERATIONS)
        adam.param_groups[0]["lr"] = rate
        cameras = labels(step, BATCH, 5)
        _, embedding = network.train()(setting.images("target", step, cameras, SIZE))
        truth = torch.tensor(cameras)
        loss = torch.nn.functional.cross_entropy(methods.linear(embedding, rows, truth), truth)
        adam.zero_grad()
        loss.backward()
        adam.step()
        yield values({"camera": loss}) | statistics("network", network, [""]) | {
            "rate": [rate], "gradient": watched.gradient(), "moved": watched.moved(),
        }


# Structured domain adaptation

SDA_SIZE = (32, 32)
SDA_BATCH = 4
MEAN = torch.tensor([0.485, 0.456, 0.406]).reshape(3, 1, 1)
DEVIATION = torch.tensor([0.229, 0.224, 0.225]).reshape(3, 1, 1)


def difference(left, right):
    return (left - right).abs().mean()


def adversarial(judge, batch, wanted):
    return (judge(batch) - wanted).square().mean()


class Players:
    """The networks of a CycleGAN. `scaled` turns what a generator gives into what the networks see."""

    def __init__(self, setting, last, scaled):
        generators = [setting.network(lambda: Generator(4, 1, last), name) for name in ("G_A ", "G_B ")]
        self.to_target, self.to_source = (lambda batch, g=g: scaled(g(batch)) for g in generators)
        self.judges = [setting.network(lambda: Discriminator(4), name) for name in ("D_A ", "D_B ")]
        self.generators = Watched([p for network in generators for p in network.parameters()])
        self.discriminators = Watched([p for network in self.judges for p in network.parameters()])
        self.adams = [
            torch.optim.Adam(watched.tensors, betas=(0.5, 0.999)) for watched in (self.generators, self.discriminators)]
        self.pools = {name: methods.ImagePool(6) for name in "AB"}

    def generator_losses(self, a, b, fake_b, fake_a):
        judge_of_target, judge_of_source = self.judges
        return {
            "adversarial": adversarial(judge_of_target, fake_b, 1) + adversarial(judge_of_source, fake_a, 1),
            "cycle": difference(self.to_source(fake_b), a) + difference(self.to_target(fake_a), b),
            "identity": difference(self.to_target(b), b) + difference(self.to_source(a), a),
        }

    def discriminator_loss(self, a, b, fake_b, fake_a, stream):
        judge_of_target, judge_of_source = self.judges
        remembered_b, remembered_a = self.pools["B"].query(fake_b, stream), self.pools["A"].query(fake_a, stream)
        return (
            adversarial(judge_of_target, b, 1) + adversarial(judge_of_target, remembered_b, 0)
            + adversarial(judge_of_source, a, 1) + adversarial(judge_of_source, remembered_a, 0)) / 2

    def recorded(self):
        return {
            "generators.gradient": self.generators.gradient(), "discriminators.gradient": self.discriminators.gradient(),
            "generators.moved": self.generators.moved(), "discriminators.moved": self.discriminators.moved(),
        } | {
            f"pool {name}": [image[0, 0, 0].item() for image in pool.images] for name, pool in self.pools.items()
        }


def descend(adam, loss, rate):
    adam.zero_grad()
    loss.backward()
    adam.param_groups[0]["lr"] = rate
    adam.step()


def translation(target_encoder, setting):
    """`target_encoder` names E_t; E_s is both where it is that."""
    mean, deviation = MEAN.to(setting.dtype), DEVIATION.to(setting.dtype)
    players = Players(setting, torch.nn.Sigmoid, lambda output: (output - mean) / deviation)
    source_encoder, target_encoder = (
        setting.embedding_network(name).eval().requires_grad_(False) for name in ("encoder ", target_encoder))
    for step in range(4 * ITERATIONS):
        rate = methods.falling_rate(2e-5, 2, 2, step // ITERATIONS)
        classes = labels(step, SDA_BATCH, SOURCE_CLASSES)
        a = setting.images("source", step, classes, SDA_SIZE)
        b = setting.images("target", step, labels(step, SDA_BATCH, 5), SDA_SIZE)
        stream = methods.Stream(SEED, "sda.pool", step // ITERATIONS, step % ITERATIONS)
        fakes = players.to_target(a), players.to_source(b)
        losses = players.generator_losses(a, b, *fakes) | {
            "relation": methods.soft_triplet(target_encoder(fakes[0])[1], source_encoder(a)[1], torch.tensor(classes)),
        }
        # λ of the cycle is 10, that of the identity half as much.
        weights = {"adversarial": 1, "cycle": 10, "identity": 5, "relation": 1}
        descend(players.adams[0], sum(weights[name] * loss for name, loss in losses.items()), rate)
        losses["discriminators"] = players.discriminator_loss(a, b, *fakes, stream)
        descend(players.adams[1], losses["discriminators"], rate)
        yield values(losses) | {"rate": [rate]} | players.recorded()


# CycleGAN and SPGAN, on images from −1 to 1


def unpaired(setting, step, size):
    """A batch of each domain."""
    mean, deviation = MEAN.to(setting.dtype), DEVIATION.to(setting.dtype)
    for domain, classes in (("source", SOURCE_CLASSES), ("target", 5)):
        batch = setting.images(domain, step, labels(step, SDA_BATCH, classes), size)
        yield 2 * (batch * deviation + mean) - 1


def cyclegan(setting):
    players = Players(setting, torch.nn.Tanh, lambda output: output)
    for step in range(4 * ITERATIONS):
        rate = methods.falling_rate(2e-5, 2, 2, step // ITERATIONS)
        a, b = unpaired(setting, step, SDA_SIZE)
        stream = methods.Stream(SEED, "cyclegan.pool", step // ITERATIONS, step % ITERATIONS)
        fakes = players.to_target(a), players.to_source(b)
        losses = players.generator_losses(a, b, *fakes)
        descend(players.adams[0], losses["adversarial"] + 10 * losses["cycle"] + 0.5 * losses["identity"], rate)
        losses["discriminators"] = players.discriminator_loss(a, b, *fakes, stream)
        descend(players.adams[1], losses["discriminators"], rate)
        yield values(losses) | {"rate": [rate]} | players.recorded()


SPGAN_SIZE = (64, 64)


def spgan(setting):
    rate = 2e-5
    players = Players(setting, torch.nn.Tanh, lambda output: output)
    metric = setting.network(lambda: Metric(4, 16), "metric ")
    watched = Watched(metric.parameters())
    adam = torch.optim.Adam(watched.tensors, betas=(0.5, 0.999))
    for step in range(4 * ITERATIONS):
        epoch, index = divmod(step, ITERATIONS)
        a, b = unpaired(setting, step, SPGAN_SIZE)
        stream = methods.Stream(SEED, "spgan.pool", epoch, index)
        dropped = methods.Stream(SEED, "spgan.dropout", epoch, index)

        def seen(*batches):
            """Each batch by itself, a number for each hidden value in order."""
            for batch in batches:
                mask = torch.tensor([[0.0 if dropped.uniform() < 0.5 else 2.0 for _ in range(128)] for _ in batch])
                yield metric(batch, mask.to(setting.dtype))

        fakes = fake_b, fake_a = players.to_target(a), players.to_source(b)
        losses = {}
        if index % 2 == 0:
            losses = players.generator_losses(a, b, *fakes)
            whole = losses["adversarial"] + 10 * losses["cycle"] + 5 * losses["identity"]
            if epoch >= 2:
                at_a, at_fake_b, at_b, at_fake_a = seen(a, fake_b, b, fake_a)
                alike = methods.siamese(at_a, at_fake_b, 1) + methods.siamese(at_b, at_fake_a, 1)
                unlike = methods.siamese(at_fake_b, at_b, 0) + methods.siamese(at_fake_a, at_a, 0)
                losses["similarity"] = (alike + unlike / 2) / 4
                whole = whole + 2 * losses["similarity"]
            descend(players.adams[0], whole, rate)
        if epoch >= 1:
            at_a, at_fake_b, at_b, at_fake_a = seen(a, fake_b.detach(), b, fake_a.detach())
            alike = methods.siamese(at_a, at_fake_b, 1) + methods.siamese(at_b, at_fake_a, 1)
            losses["metric"] = (alike + 2 * methods.siamese(at_a, at_b, 0)) / 3
            descend(adam, losses["metric"], rate)
        losses["discriminators"] = players.discriminator_loss(a, b, *fakes, stream)
        descend(players.adams[1], losses["discriminators"], rate)
        recorded = values(losses) | players.recorded() | {"metric.moved": watched.moved()}
        yield recorded | ({"metric.gradient": watched.gradient()} if epoch >= 1 else {})


# Improved mutual mean-teaching


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

IMAGES = 24

# The cluster of each image of the target in every epoch; without one an image is a class of its own.
SELECTED = [
    [-1 if i % 4 == 3 else i % 5 for i in range(IMAGES)],
    [i % 3 for i in range(IMAGES)],
    [-1] * IMAGES,
    [i // 4 if i < 8 else -1 for i in range(IMAGES)],
]


def memory_labels(epoch, source_classes):
    """The source's classes, the clusters, and the rest one by one."""
    alone = iter(range(max(SELECTED[epoch]) + 1, IMAGES + 1))
    target = [next(alone) if cluster < 0 else cluster for cluster in SELECTED[epoch]]
    return torch.tensor([*range(source_classes), *(source_classes + label for label in target)])


def self_paced(has_source, epochs, setting):
    network = setting.network(lambda: with_head(Residual(TwoConvolutions, [2, 2, 2, 2]), average=True), "self-paced ")
    network.feat_bn.bias.requires_grad_(False)
    if has_source:
        network = methods.separate_domains(network)
    methods.normalise_in_groups(network, GROUP)
    classes = SOURCE_CLASSES if has_source else 0
    memory = torch.nn.functional.normalize(setting.tensor(pattern("memory", [classes + IMAGES, 512])), dim=1)
    watched = Watched(network.parameters())
    adam = torch.optim.Adam(watched.tensors, weight_decay=0.05)
    for step in range(epochs * ITERATIONS):
        epoch = step // ITERATIONS
        rate = methods.stepped_rate(2e-5, 0, [1, 3], epoch)
        adam.param_groups[0]["lr"] = rate
        truth = memory_labels(epoch, classes)
        # Every row twice in a batch.
        instances = [(3 * step + i // 2) % IMAGES for i in range(BATCH)]
        parts = {"target": (instances, [classes + i for i in instances])}
        if has_source:
            seen = labels(step, BATCH, SOURCE_CLASSES)
            parts = {"source": (seen, seen)} | parts
        batch = torch.cat([setting.images(domain, step, shown, SIZE) for domain, (shown, _) in parts.items()])
        _, embedding = network.train()(setting.tensor(batch))
        embeddings = torch.nn.functional.normalize(embedding, dim=1).split(BATCH)
        losses = {
            domain: methods.memory_loss(part, memory, places, truth, temperature=0.05, momentum=0.2)
            for (domain, (_, places)), part in zip(parts.items(), embeddings)}
        adam.zero_grad()
        sum(losses.values()).backward()
        adam.step()
        yield values(losses) | statistics("network", network, [".BN_S", ".BN_T"] if has_source else [""]) | {
            "rate": [rate], "gradient": watched.gradient(), "moved": watched.moved(),
            "neck bias": network.state_dict()[f"feat_bn{'.BN_T' if has_source else ''}.bias"][:4].double().tolist(),
            "memory": memory[:, 0].double().tolist(), "memory row": memory[-1].double().tolist(),
        }


# Cluster Contrast


def cluster_contrast(hardest_only, setting):
    network = setting.embedding_network("contrasted ")
    watched = Watched(network.parameters())
    adam = torch.optim.Adam(watched.tensors, weight_decay=0.05)
    for step in range(4 * ITERATIONS):
        epoch = step // ITERATIONS
        rate = methods.stepped_rate(2e-5, 0, [1, 3], epoch)
        adam.param_groups[0]["lr"] = rate
        if step % ITERATIONS == 0:
            memory = centroids(setting, epoch).clone()
        # Four images of each of two clusters, so that the order within one counts.
        classes = [(step + i // 4) % len(memory) for i in range(BATCH)]
        _, embedding = network.train()(setting.images("target", step, classes, SIZE))
        loss = methods.cluster_loss(embedding, memory, classes, temperature=0.05, momentum=0.2, hardest_only=hardest_only)
        adam.zero_grad()
        loss.backward()
        adam.step()
        yield values({"contrast": loss}) | statistics("network", network, [""]) | {
            "rate": [rate], "gradient": watched.gradient(), "moved": watched.moved(),
            "memory": memory[:, 0].double().tolist(), "memory row": memory[classes[0]].double().tolist(),
        }


# By the names of the tests' cases.
TRACES = {
    "sourcePretraining": pretraining,
    "translation": lambda setting: translation("encoder ", setting),
    "translationOfTwoEncoders": lambda setting: translation("target encoder ", setting),
    "cycleGAN": cyclegan,
    "spgan": spgan,
    "mutualArcFace": lambda setting: mutual(methods.arcface(64, 0.35), 0, 4, setting),
    "mutualCosFace": lambda setting: mutual(methods.cosface(30, 0.4), 0, 2, setting),
    "mutualCircle": lambda setting: mutual(methods.circle(64, 0.35), 0, 2, setting),
    "mutualAM": lambda setting: mutual(methods.cosface(30, 0.3), 0, 2, setting),
    "mutualMeanTeaching": mutual_mean_teaching,
    "mutualTriplets": lambda setting: mutual(methods.arcface(30, 0.3), 0.8, 2, setting),
    "cameraNetwork": camera_network,
    "clusteringBaseline": clustering_baseline,
    "spclAdaptation": lambda setting: self_paced(True, 4, setting),
    "spclUnsupervised": lambda setting: self_paced(False, 2, setting),
    "clusterContrastMean": lambda setting: cluster_contrast(False, setting),
    "clusterContrastHard": lambda setting: cluster_contrast(True, setting),
}


def deviation(found, exact):
    """The largest difference of a value, relative to its vector's largest, and whose it is."""
    return max(
        (max(abs(a - b) for a, b in zip(found[step][name], wanted)) / (max(map(abs, wanted)) or 1), name, step)
        for step, recorded in enumerate(exact) for name, wanted in recorded.items())


def rounded(trace):
    """Eight digits, a hundredth of what is asked."""
    return [{name: [float(f"{value:.8g}") for value in vector] for name, vector in step.items()} for step in trace]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", choices=[*TRACES, []], metavar="NAME", help="all by default")
    parser.add_argument("--single", action="store_true", help="compare with single precision too")
    options = parser.parse_args()
    folder = Path(__file__).with_name("traces")
    folder.mkdir(exist_ok=True)
    for name in options.names or TRACES:
        exact = list(TRACES[name](Setting(torch.float64, torch.contiguous_format)))
        if options.single:
            single = TRACES[name](Setting(torch.float32, torch.channels_last))
            worst, series, step = deviation(list(single), exact)
            print(f"{name}: single precision deviates by {worst:.1e} ({series}, step {step})", flush=True)
        lines = [json.dumps(step, separators=(",", ":")) for step in rounded(exact)]
        (folder / f"{name}.json").write_text("[\n" + ",\n".join(lines) + "\n]\n")


if __name__ == "__main__":
    main()
