# SPDX-License-Identifier: MIT
"""Steps of methods that hold a network against a memory: SpCL and Cluster Contrast."""

import torch

from trace_setting import BATCH, GROUP, ITERATIONS, SIZE, SOURCE_CLASSES, labels, statistics, values, Watched
import reference_methods as methods
from reference_networks import pattern, Residual, TwoConvolutions, with_head
from traces_of_adaptation import centroids

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
