"""Small networks that use every layer in every way, for whatever reads an exported file."""

import numpy as np

from handgrad.nn import (
    ELU,
    AvgPool2d,
    BatchNorm1d,
    BatchNorm2d,
    Conv2d,
    Dropout,
    Flatten,
    LeakyReLU,
    Linear,
    MaxPool2d,
    PReLU,
    ReLU,
    Sequential,
    Sigmoid,
    Softmax,
    Tanh,
)

HEIGHT, WIDTH = 8, 9  # not square: a swap of the axes shows
LAYERS = {
    "no layer": lambda C: [],
    "conv": lambda C: [Conv2d(C, 4, 3), ReLU(), Flatten(), Linear(4 * 6 * 7, 5)],
    "conv, every option": lambda C: [Conv2d(C, 2 * C, (3, 2), (2, 1), (1, 0), groups=C, bias=False)],
    "conv, same": lambda C: [Conv2d(C, 4, (3, 5), padding="same"), LeakyReLU(0.2), Conv2d(4, 2, 1, 3)],
    "max-pool": lambda C: [MaxPool2d(2), MaxPool2d((3, 2), (1, 2), (1, 0))],
    "max-pool, padding first": lambda C: [MaxPool2d((2, 3), 3, (0, 1))],
    "average-pool": lambda C: [AvgPool2d((3, 2), (1, 2), (1, 0)), AvgPool2d(2)],
    "average-pool, padding": lambda C: [AvgPool2d((2, 5), 2, (1, 2))],
    "linear without bias": lambda C: [Flatten(), Linear(C * 72, 3, bias=False), LeakyReLU()],
    "linear over rows of pixels": lambda C: [Linear(WIDTH, 4), ReLU(), Linear(4, 3, bias=False), Softmax(1)],
    "prelu": lambda C: [PReLU(), Conv2d(C, 3, 2), PReLU(3), Flatten(), Linear(3 * 56, 4), PReLU(4), PReLU()],
    "curves": lambda C: [Conv2d(C, 2, 3), Tanh(), ELU(0.7), Flatten(), Linear(84, 6), Sigmoid(), ELU()],
    "softmax": lambda C: [Flatten(), Linear(C * 72, 10), Softmax()],
    "batch norm": lambda C: [
        BatchNorm2d(C, eps=0.1),
        Conv2d(C, 4, 3, bias=False),
        BatchNorm2d(4),
        Flatten(),
        Linear(168, 6),
        BatchNorm1d(6, momentum=None),
    ],
    "dropout": lambda C: [Dropout(0.9), Flatten(), Dropout(), Linear(C * 72, 4), Dropout(1.0)],
    "nested": lambda C: [
        Sequential([Conv2d(C, 3, 3), Sequential([BatchNorm2d(3), PReLU(3)]), MaxPool2d(2)]),
        Sequential([]),
        Sequential([Flatten(), Linear(27, 4)]),
    ],
}
"""By name, a function that makes the layers for images of C channels."""


def network(name, channels, dtype=np.float32):
    """A network of the table, with all parameters and statistics random: no 0 and no 1 hides a mistake."""
    made = Sequential(LAYERS[name](channels), seed=3, dtype=dtype)
    rng = np.random.default_rng(7)
    for parameter in made.parameters().values():
        parameter.value[...] += rng.normal(scale=0.1, size=parameter.shape)
    for found, buffer in made.buffers().items():
        if found.endswith("num_batches_tracked"):
            buffer.value[...] = 5
        else:
            buffer.value[...] = rng.uniform(0.5, 2, buffer.value.shape)
    return made


def byte_images(count, channels):
    """Random images as they lie in files."""
    return np.random.default_rng(count).integers(0, 256, (count, channels, HEIGHT, WIDTH), np.uint8)
