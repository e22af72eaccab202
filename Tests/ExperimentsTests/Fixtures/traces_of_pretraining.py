# SPDX-License-Identifier: MIT
"""Steps of source pre-training and of the camera network."""

import torch

from trace_setting import BATCH, ITERATIONS, SIZE, SOURCE_CLASSES, labels, statistics, values, Watched
import reference_methods as methods


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
