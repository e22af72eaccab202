# SPDX-License-Identifier: MIT
"""Steps of SDA, CycleGAN and SPGAN."""

import torch

from trace_setting import ITERATIONS, SEED, SOURCE_CLASSES, labels, values, Watched
import reference_methods as methods
from reference_translation import Discriminator, Generator, Metric

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
