"""A small network with everything that an engine must handle, and data for it."""

import numpy as np

import handgrad as hg


def make_data(n=90, size=8, seed=0, classes=3, name="data"):
    """Byte images whose class is the place of a bright bar: learnable, but not at once."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, classes, n)
    images = rng.integers(0, 120, (n, size, size))
    for image, label in zip(images, labels, strict=True):
        image[1 + 2 * label] += 100
    return hg.Dataset(images.astype(np.uint8), labels, classes=classes, name=name)


def make_net(seed=0, dropout=0.3, dtype=np.float32):
    layers = [
        hg.Conv2d(1, 4, 3, bias=False), hg.BatchNorm2d(4), hg.ReLU(), hg.MaxPool2d(2), hg.Flatten(),
        hg.Dropout(dropout), hg.Linear(None, 16), hg.Tanh(), hg.Linear(16, 3),
    ]  # fmt: skip
    return hg.Sequential(layers, seed, input_shape=(1, 8, 8), dtype=dtype)


def make_run(net=None, optimizer=None, **options):
    net = make_net() if net is None else net
    options = {"threads": 1, "loss": hg.CrossEntropyLoss(), **options}
    return hg.compile(net, optimizer=optimizer or hg.Adam(lr=0.01), **options)


def same(first, second):
    """Whether two dicts of arrays have the same names and the same bits."""
    return first.keys() == second.keys() and all(
        (first[n].dtype, first[n].tobytes()) == (second[n].dtype, second[n].tobytes()) for n in first
    )
