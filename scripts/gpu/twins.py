# SPDX-License-Identifier: MIT
"""The steps of our methods as PyTorch's users would write them: peers to be measured beside ours.

Whole batches, channels-last, autocast around the backbone alone, a fused Adam, moving averages of all tensors at once, and
nothing that waits for the card. Images and labels lie on the device already; ours are copied there in every step.
"""

import copy
import dataclasses

import torch
import torch.nn.functional as F

from gpu.twin_losses import (arcface, contrastive, memory_loss, move_rows, smoothed_cross_entropy, soft_cross_entropy,
                             soft_triplet, softmax_triplet)
from gpu.twin_networks import DIMENSION, Network


@dataclasses.dataclass
class Setup:
    device: torch.device
    # Images of a domain in a batch, and their size.
    batch: int
    height: int
    width: int
    precision: str
    # Of the source; images of the target.
    identities: int
    images: int
    # Whether the step is to be captured.
    is_graph: bool = False

    @property
    def clusters(self):
        """Of two images each, as our measuring has it."""
        return (self.images + 1) // 2

    def pictures(self, count):
        images = torch.randn(count, 3, self.height, self.width, device=self.device)
        return images.to(memory_format=torch.channels_last)

    def network(self, **shape):
        return Network(**shape).to(self.device, memory_format=torch.channels_last)

    def see(self, network, images):
        # Rounded weights are used once, and a graph cannot keep them for a next time.
        with torch.autocast(self.device.type, torch.bfloat16, enabled=self.precision == "bf16", cache_enabled=False):
            maps = network.maps(images)
        return network.head(maps.float())

    def adam(self, parameters):
        return torch.optim.Adam(parameters, lr=3.5e-4, weight_decay=5e-4, fused=True, capturable=self.is_graph)

    def rows(self, count):
        return F.normalize(torch.randn(count, DIMENSION, device=self.device))

    def range(self, count):
        return torch.arange(count, device=self.device)


def pretraining(setup):
    """Cross-entropy and the softmax triplet loss."""
    network = setup.network(gem=True)
    rows = torch.nn.Parameter(0.001 * torch.randn(setup.identities, DIMENSION, device=setup.device))
    optimiser = setup.adam([*network.parameters(), rows])
    images, labels = setup.pictures(setup.batch), setup.range(setup.batch) // 2

    def step():
        pooled, embedding = setup.see(network, images)
        loss = smoothed_cross_entropy(embedding @ rows.T, labels) + softmax_triplet(pooled, labels)
        optimiser.zero_grad()
        loss.backward()
        optimiser.step()

    return step


def spcl(setup):
    """One network and a hybrid memory. Both halves are held against it at once, and its rows move after the backward pass:
    the target's, then the source's, whose images come in twos."""
    network = setup.network(domains=2)
    optimiser = setup.adam(network.parameters())
    images, batch, known = setup.pictures(2 * setup.batch), setup.batch, setup.identities
    memory = setup.rows(known + setup.images)
    classes = torch.cat([setup.range(known), known + setup.range(setup.images) // 2])
    sizes = torch.bincount(classes).float()
    source, target = setup.range(batch) // 2, known + setup.range(batch)
    truth = classes[torch.cat([source, target])]

    def step():
        embeddings = F.normalize(setup.see(network, images)[1])
        logits = embeddings @ memory.T / 0.05
        loss = (memory_loss(logits[:batch], classes, sizes, truth[:batch])
                + memory_loss(logits[batch:], classes, sizes, truth[batch:]))
        optimiser.zero_grad()
        loss.backward()
        with torch.no_grad():
            move_rows(memory, target, embeddings[batch:])
            for instance in range(2):
                move_rows(memory, source[instance::2], embeddings[instance:batch:2])
        optimiser.step()

    return step


def mutual(setup):
    """MMT+: two students and their means, a view for each, and a queue of keys for each."""
    batch, queue_length = setup.batch, 200 * setup.batch
    students = [setup.network(domains=2, gem=True) for _ in range(2)]
    means = [copy.deepcopy(student).requires_grad_(False) for student in students]
    heads = [torch.nn.Parameter(setup.rows(setup.identities + setup.clusters)) for _ in students]
    mean_heads = [head.detach().clone() for head in heads]
    moving = [*(tensor for network in students for tensor in network.parameters()), *heads]
    averages = [*(tensor for network in means for tensor in network.parameters()), *mean_heads]
    optimiser = setup.adam(moving)
    queues = [setup.rows(queue_length).T.contiguous() for _ in students]
    columns = setup.range(batch)
    views = [setup.pictures(2 * batch) for _ in students]
    labels = torch.cat([setup.range(batch) // 2, setup.identities + setup.range(batch) // 2])

    def step():
        seen = [setup.see(network, view) for network, view in zip(students, views)]
        logits = [arcface(embedding, head, labels) for (_, embedding), head in zip(seen, heads)]
        with torch.no_grad():
            taught = [setup.see(network, view) for network, view in zip(means, views)]
            soft = [arcface(embedding, head, labels) for (_, embedding), head in zip(taught, mean_heads)]
            keys = [F.normalize(embedding[batch:]) for _, embedding in taught]
            # Told and not learnt from, with the shipped weight of 0.
            for (pooled, _), (teacher, _) in zip(seen, reversed(taught)):
                softmax_triplet(pooled, labels), soft_triplet(pooled, teacher, labels)
        hard = sum(smoothed_cross_entropy(own, labels) for own in logits)
        softly = sum(soft_cross_entropy(own, teacher) for own, teacher in zip(logits, reversed(soft)))
        contrast = sum(contrastive(F.normalize(embedding[batch:]), key, queue)
                       for (_, embedding), key, queue in zip(seen, keys, queues))
        optimiser.zero_grad()
        (0.5 * hard + 0.5 * softly + 0.1 * contrast).backward()
        optimiser.step()
        with torch.no_grad():
            # As from the thousandth step on.
            torch._foreach_lerp_(averages, [tensor.detach() for tensor in moving], 0.001)
            for queue, key in zip(queues, keys):
                queue.index_copy_(1, columns, key.T)
            columns.add_(batch).remainder_(queue_length)

    return step


def extraction(setup):
    """A batch through a network for inference."""
    network, images = setup.network().eval(), setup.pictures(setup.batch)

    @torch.no_grad()
    def step():
        setup.see(network, images)

    return step
