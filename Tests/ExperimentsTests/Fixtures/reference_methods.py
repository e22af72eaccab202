# SPDX-License-Identifier: MIT
"""The training methods, written once more in plain PyTorch: from the papers' formulas, and where the authors' procedure
departs from them or says more, from a description of it.

    Losses      Zhu et al., ICCV 2017 (CycleGAN) · Mao et al., ICCV 2017 (least squares) · Hadsell et al., CVPR 2006 (siamese
                loss) · Deng et al., CVPR 2018 (SPGAN) · Hermans et al., 2017 (hardest pairs) · Ge et al., ICLR 2020 (MMT)
                · Ge et al., 2020, arXiv:2008.10313 (MMT+, SDA, camera network)
    Heads       Deng et al., CVPR 2019 (ArcFace) · Wang et al., CVPR 2018 (CosFace, AM) · Sun et al., CVPR 2020 (Circle)
    Queue       He et al., CVPR 2020 (MoCo)
    Memory      Ge et al., NeurIPS 2020 (SpCL)
    Clusters    Dai et al., 2021, arXiv:2103.11568 (Cluster Contrast)
    Image pool  Shrivastava et al., CVPR 2017; its random numbers: Salmon et al., SC 2011 (Philox)
"""

import math

import torch
from torch import nn
from torch.nn import functional

from reference_networks import fingerprint

# Losses


def smoothed_cross_entropy(logits, labels, smoothing=0.1):
    classes = logits.shape[1]
    wanted = torch.full_like(logits, smoothing / classes)
    wanted[torch.arange(len(labels)), labels] += 1 - smoothing
    return -(wanted * functional.log_softmax(logits, dim=1)).sum(dim=1).mean()


def soft_cross_entropy(student, teacher):
    return -(functional.softmax(teacher.detach(), dim=1) * functional.log_softmax(student, dim=1)).sum(dim=1).mean()


def distances(features):
    squares = (features[:, None, :] - features[None, :, :]).square().sum(dim=2)
    return squares.clamp(min=1e-12).sqrt()


def hardest(between, labels):
    """Columns of each row's farthest fellow, itself included, and of its nearest stranger."""
    same = labels[:, None] == labels[None, :]
    positive = between.detach().masked_fill(~same, -math.inf).argmax(dim=1)
    negative = between.detach().masked_fill(same, math.inf).argmin(dim=1)
    return torch.stack([positive, negative], dim=1)


def softmax_triplet(features, labels):
    """−log of the nearest stranger's share of e^distance."""
    between = distances(features)
    pairs = between.gather(1, hardest(between, labels))
    return -functional.log_softmax(pairs, dim=1)[:, 1].mean()


def soft_triplet(student, teacher, labels):
    between = distances(student)
    pairs = hardest(between, labels)
    return soft_cross_entropy(between.gather(1, pairs), distances(teacher.detach()).gather(1, pairs))


def contrastive(queries, keys, queue, temperature):
    """The queue's keys are columns."""
    query, key = functional.normalize(queries, dim=1), functional.normalize(keys.detach(), dim=1)
    logits = torch.cat([(query * key).sum(dim=1, keepdim=True), query @ queue], dim=1) / temperature
    return functional.cross_entropy(logits, torch.zeros(len(logits), dtype=torch.int64))


def siamese(left, right, alike):
    """For embeddings of length 1, between which 2 is the largest distance."""
    between = functional.pairwise_distance(left, right, eps=1e-6)
    return (alike * between.square() + (1 - alike) * (2 - between).clamp(min=0).square()).mean()


# Heads: logits of embeddings for a classifier's rows


def cosines(embeddings, rows):
    return functional.normalize(embeddings, dim=1) @ functional.normalize(rows, dim=1).T


def linear(embeddings, rows, labels):
    return embeddings @ rows.T


def arcface(scale, margin):
    def logits(embeddings, rows, labels):
        cosine = cosines(embeddings, rows)
        sine = (1 - cosine.square()).clamp(min=1e-7).sqrt()
        turned = cosine * math.cos(margin) - sine * math.sin(margin)
        beyond = cosine - margin * math.sin(math.pi - margin)
        with_margin = torch.where(cosine > math.cos(math.pi - margin), turned, beyond)
        return scale * torch.where(functional.one_hot(labels, len(rows)).bool(), with_margin, cosine)
    return logits


def cosface(scale, margin):
    def logits(embeddings, rows, labels):
        return scale * (cosines(embeddings, rows) - margin * functional.one_hot(labels, len(rows)))
    return logits


def circle(scale, margin):
    def logits(embeddings, rows, labels):
        cosine = cosines(embeddings, rows)
        positive = (1 + margin - cosine.detach()).clamp(min=0) * (cosine - (1 - margin))
        negative = (cosine.detach() + margin).clamp(min=0) * (cosine - margin)
        return scale * torch.where(functional.one_hot(labels, len(rows)).bool(), positive, negative)
    return logits


# Schedules, by zero-based epoch


def stepped_rate(rate, warmup, milestones, epoch):
    value = rate * 0.1 ** sum(epoch >= milestone for milestone in milestones)
    return value * (0.01 * (1 - epoch / warmup) + epoch / warmup) if epoch < warmup else value


def falling_rate(rate, constant, decaying, epoch):
    return rate * (1 - max(0, epoch + 1 - constant) / (decaying + 1))


# Normalisation by domain


class ByDomain(nn.Module):
    """Both layers begin as the shared one; the first half of a batch is the source's."""

    def __init__(self, shared):
        super().__init__()
        self.BN_S, self.BN_T = type(shared)(shared.num_features), type(shared)(shared.num_features)
        for layer in (self.BN_S, self.BN_T):
            layer.load_state_dict(shared.state_dict())
            layer.to(shared.weight.dtype)

    def forward(self, maps):
        source, target = maps.chunk(2)
        return torch.cat([self.BN_S(source), self.BN_T(target)])


def separate_domains(module):
    for name, child in module.named_children():
        if isinstance(child, (nn.BatchNorm1d, nn.BatchNorm2d)):
            setattr(module, name, ByDomain(child))
        else:
            separate_domains(child)
    return module


def normalise_in_groups(module, size):
    """As devices do that are given so many images each, the first of which keeps the running statistics."""
    for layer in module.modules():
        if isinstance(layer, (nn.BatchNorm1d, nn.BatchNorm2d)):
            layer.forward = lambda maps, layer=layer: by_devices(layer, maps, size)
    return module


def by_devices(layer, maps, size):
    first, *others = maps.split(size)
    normalised = [type(layer).forward(layer, first)]
    for maps in others:
        normalised.append(functional.batch_norm(maps, None, None, layer.weight, layer.bias, training=True, eps=layer.eps))
    return torch.cat(normalised)


# Hybrid memory of SpCL


class Similarities(torch.autograd.Function):
    """⟨f, v⟩ of embeddings and a memory's rows. Going back moves the rows that the embeddings belong to, after the
    gradient has gone through them as they were then: so it is autograd that decides who meets whose rows."""

    @staticmethod
    def forward(context, embeddings, rows, places, momentum):
        context.save_for_backward(embeddings)
        context.memory = rows, places, momentum
        return embeddings @ rows.T

    @staticmethod
    def backward(context, gradient):
        (embeddings,), (rows, places, momentum) = context.saved_tensors, context.memory
        answer = gradient @ rows
        for place, embedding in zip(places, embeddings, strict=True):
            moved = momentum * rows[place] + (1 - momentum) * embedding
            rows[place] = moved / moved.norm()
        return answer, None, None, None


def memory_loss(embeddings, rows, places, labels, temperature, momentum):
    """Every class competes with the mean of its rows' logits."""
    logits = Similarities.apply(embeddings, rows, places, momentum) / temperature
    members = functional.one_hot(labels).to(logits.dtype)
    means = logits @ (members / members.sum(dim=0).clamp(min=1))
    weights = means.exp() * (members.sum(dim=0) > 0)
    shares = weights / (weights.sum(dim=1, keepdim=True) + 1e-6)
    return -(shares.gather(1, labels[torch.tensor(places)][:, None]) + 1e-6).log().mean()


# Memory of clusters


class ClusterLogits(torch.autograd.Function):
    """Embeddings times a memory's rows. Going back gives the gradient through the rows as they are, then moves those that
    the embeddings belong to."""

    @staticmethod
    def forward(context, embeddings, memory, labels, momentum, hardest_only):
        context.save_for_backward(embeddings)
        context.rest = memory, labels, momentum, hardest_only
        return embeddings @ memory.T

    @staticmethod
    def backward(context, gradient):
        (embeddings,), (memory, labels, momentum, hardest_only) = context.saved_tensors, context.rest
        answer = gradient @ memory
        for label in dict.fromkeys(labels):
            images = [image for image, own in zip(embeddings, labels, strict=True) if own == label]
            if hardest_only:
                images = [min(images, key=lambda image: (image @ memory[label]).item())]
            for image in images:
                moved = momentum * memory[label] + (1 - momentum) * image
                memory[label] = moved / moved.norm()
        return answer, None, None, None, None


def cluster_loss(embeddings, memory, labels, temperature, momentum, hardest_only):
    unit = functional.normalize(embeddings, dim=1)
    logits = ClusterLogits.apply(unit, memory, labels, momentum, hardest_only) / temperature
    return functional.cross_entropy(logits, torch.tensor(labels))


# Random numbers of the image pool


def philox(counter, key):
    """Philox 4×32 with ten rounds."""
    mask = 2**32 - 1
    for _ in range(10):
        first, second = counter[0] * 0xD2511F53, counter[2] * 0xCD9E8D57
        counter = [(second >> 32) ^ counter[1] ^ key[0], second & mask, (first >> 32) ^ counter[3] ^ key[1], first & mask]
        key = [(key[0] + 0x9E3779B9) & mask, (key[1] + 0xBB67AE85) & mask]
    return counter


class Stream:
    """The random numbers of a purpose, an epoch and a step: block b has the counter (b, 0, epoch, step), the key is the
    seed ⊕ the purpose's fingerprint, and a block gives two numbers of 64 bits."""

    def __init__(self, seed, purpose, epoch, step):
        named = seed ^ fingerprint(purpose)
        self.key, self.place = [named % 2**32, named >> 32], [epoch, step]
        self.numbers, self.block = [], 0

    def bits(self):
        if not self.numbers:
            words = philox([self.block, 0, *self.place], self.key)
            self.numbers = [words[0] | words[1] << 32, words[2] | words[3] << 32]
            self.block += 1
        return self.numbers.pop(0)

    def uniform(self):
        return (self.bits() >> 11) / 2**53

    def below(self, bound):
        """The upper half of a product; bounds here are too small for a draw that has to be repeated."""
        return (self.bits() * bound) >> 64


class ImagePool:
    def __init__(self, capacity):
        self.capacity, self.images = capacity, []

    def query(self, fakes, stream):
        chosen = []
        for image in fakes.detach():
            if len(self.images) < self.capacity:
                self.images.append(image)
                chosen.append(image)
            elif stream.uniform() > 0.5:
                place = stream.below(self.capacity)
                chosen.append(self.images[place])
                self.images[place] = image
            else:
                chosen.append(image)
        return torch.stack(chosen)


# Mean networks


def mean_decay(step, limit):
    return min(1 - 1 / (step + 1), limit)


def move_means(means, values, decay):
    with torch.no_grad():
        for mean, value in zip(means, values, strict=True):
            mean.mul_(decay).add_((1 - decay) * value)
