"""Digits for the trainers, and how far a submission gets with them."""

from functools import cache

import numpy as np

from handgrad.data import load_digits
from handgrad.grading.child.trainers import TRAINERS
from handgrad.grading.rules import RULES


@cache
def digits():
    """Images (n, 28, 28) and labels (n,), not to be written to."""
    train = load_digits().train
    images, labels = train.images.reshape(-1, 28, 28), train.labels
    images.flags.writeable = labels.flags.writeable = False
    return images, labels


def begun(protocol, load, **settings):
    """A trainer with the document's settings."""
    return TRAINERS[protocol](load, {**RULES[protocol].settings, "seed": 0, **settings})


def losses(trainer, steps, size=50):
    """The loss of each step."""
    images, labels = digits()
    rng = np.random.default_rng(0)
    found = []
    for _ in range(steps):
        chosen = rng.choice(len(labels), size, replace=False)
        found.append(trainer.step(images[chosen], labels[chosen]))
    return np.array(found)


def share_right(trainer, count=200):
    """Of images that it mostly learnt from."""
    images, labels = digits()
    answer = trainer.predict(images[:count])
    assert answer.shape == (count, 10)
    return np.mean(answer.argmax(axis=1) == labels[:count])
