"""Random networks of every kind of layer, for Hypothesis; and where their derivatives jump."""

import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import handgrad as hg
from handgrad.randomness import Stream, generator

Array = np.ndarray
Shape = tuple[int, ...]
Rng = np.random.Generator
Make = Callable[[], hg.Layer]
"""Makes a layer anew: each run has its own."""

# few sizes, so that networks share kernels; 16 and 17 fill vectors, and just do not
FEATURES = [1, 3, 10, 16, 17]
CHANNELS = [1, 2, 3, 4]
MOST_NUMBERS = 600  # of one image, at any place
CLASSES = 5


def pick(rng: Rng, *choices: Any) -> Any:
    return choices[rng.integers(len(choices))]


def windows(rng: Rng, maps: Shape, *, pool: bool) -> dict[str, Any]:
    """Windows of 1 to 5 pixels over maps of this size; a pool's padding is at most half its window."""

    def axis(size: int) -> tuple[int, int, int]:
        padding = pick(rng, 0, 0, 1, 2)
        smallest = max(1, 2 * padding if pool else 1)
        return int(rng.integers(smallest, min(5, size + 2 * padding) + 1)), pick(rng, 1, 1, 2, 3), padding

    kernel_size, stride, padding = zip(axis(maps[0]), axis(maps[1]), strict=True)
    return {"kernel_size": kernel_size, "stride": stride, "padding": padding}


def convolution(rng: Rng, shape: Shape, N: int) -> Make:
    C, options = shape[0], windows(rng, shape[1:], pool=False)
    groups = pick(rng, 1, *(g for g in (1, 2, 3, 4) if C % g == 0))
    O, bias = groups * int(rng.integers(1, 4)), bool(rng.integers(2))
    return lambda: hg.Conv2d(C, O, **options, groups=groups, bias=bias)


def pool(rng: Rng, shape: Shape, N: int) -> Make:
    kind, options = pick(rng, hg.MaxPool2d, hg.AvgPool2d), windows(rng, shape[1:], pool=True)
    if rng.integers(2):
        del options["stride"]  # as far as the window is large
    return lambda: kind(**options)


def linear(rng: Rng, shape: Shape, N: int) -> Make:
    """Of the last axis, whatever stands before it."""
    O, bias = pick(rng, *(FEATURES if len(shape) == 1 else CHANNELS)), bool(rng.integers(2))
    return lambda: hg.Linear(shape[-1], O, bias)


def relu(rng: Rng, shape: Shape, N: int) -> Make:
    return hg.ReLU


def activation(rng: Rng, shape: Shape, N: int) -> Make:
    return pick(
        rng, hg.LeakyReLU, lambda: hg.LeakyReLU(0.3), hg.ELU, lambda: hg.ELU(0.5), hg.Sigmoid, hg.Tanh,
        hg.PReLU, lambda: hg.PReLU(shape[0], 0.1), hg.Softmax, lambda: hg.Softmax(1),
    )  # fmt: skip


def dropout(rng: Rng, shape: Shape, N: int) -> Make:
    p = pick(rng, 0.0, 0.2, 0.5)
    return lambda: hg.Dropout(p)


def batch_norm(rng: Rng, shape: Shape, N: int) -> Make:
    """Where there are features or maps, and more than one value of each."""
    eps, momentum = pick(rng, 1e-5, 0.1), pick(rng, 0.1, 0.5, None)
    kind = {1: hg.BatchNorm1d, 3: hg.BatchNorm2d}.get(len(shape))
    if kind is None or N * int(np.prod(shape[1:])) < 2:
        return hg.ReLU
    return lambda: kind(shape[0], eps, momentum)


def flatten(rng: Rng, shape: Shape, N: int) -> Make:
    return hg.Flatten


OF_MAPS = (
    [convolution] * 5 + [pool] * 3 + [relu] * 3 + [activation] * 2 + [batch_norm, dropout, linear, flatten]
)
OF_ROWS = [linear] * 4 + [relu] * 2 + [activation] * 2 + [batch_norm, dropout, flatten]
OF_CLASSES = (hg.CrossEntropyLoss, hg.ProbabilityCrossEntropyLoss)
LOSSES = [hg.CrossEntropyLoss(), hg.ProbabilityCrossEntropyLoss(), hg.EuclideanLoss(), hg.MSELoss()]
# Adaptive optimizers divide by the size of a gradient: of one that is nothing but rounding they make as large
# a step as of any other. An eps far above rounding keeps what they compute well defined; for their usual eps
# there is test_optimizers.py, whose network has no such gradients.
OPTIMIZERS = [
    hg.SGD(lr=0.02),
    hg.SGD(lr=0.01, momentum=0.9, nesterov=True, weight_decay=0.01),
    hg.SGD(lr=0.01, momentum=0.8, momentum_form="rate_inside", bias_lr_multiplier=2.0),
    hg.Adam(lr=0.02, eps=0.01),
    hg.AdamW(lr=0.02, eps=0.01, weight_decay=0.1, decay_bias=False),
    hg.RMSprop(lr=0.01, eps=0.01, momentum=0.5),
    hg.Adagrad(lr=0.02, initial_accumulator_value=0.1),
]
CLIPS = [None, None, hg.ClipGradNorm(0.5), hg.ClipGradValue(0.5)]
AVERAGES = [None, hg.ExponentialMovingAverage(0.7), hg.StochasticWeightAverage(start=1, every=2)]


@dataclass(frozen=True)
class Drawn:
    """A network and how it is trained; ``classes`` is 0 where its outputs are no rows."""

    layers: Callable[[], list[hg.Layer]]
    shape: Shape
    images: int
    classes: int
    options: dict[str, Any]
    seed: int

    def __repr__(self) -> str:
        return f"Drawn({self.layers()}, {self.shape}, images={self.images}, {self.options}, seed={self.seed})"


def build(seed: int, depth: int, images: int) -> Drawn:
    """The first ``depth`` layers of the network of a seed's network, and what its loss needs after them."""
    rng = np.random.default_rng(seed)
    options = {
        "loss": pick(rng, *LOSSES),
        "optimizer": pick(rng, *OPTIMIZERS),
        "clip": pick(rng, *CLIPS),
        "average": pick(rng, *AVERAGES),
    }
    maps = (pick(rng, *CHANNELS), int(rng.integers(1, 9)), int(rng.integers(1, 9)))
    shape = first = pick(rng, maps, maps, maps, (pick(rng, *FEATURES),), (3, 4))
    nested = rng.integers(3) == 0
    makes: list[Make] = []

    def append(make: Make) -> None:
        nonlocal shape
        makes.append(make)
        shape = make().output_shape(shape)

    for _ in range(depth):
        make = pick(rng, *(OF_MAPS if len(shape) == 3 else OF_ROWS))(rng, shape, images)
        fits = np.prod(make().output_shape(shape)) <= MOST_NUMBERS
        append(make if fits else hg.ReLU)
    if isinstance(options["loss"], OF_CLASSES):
        append(hg.Flatten)
        features = shape[0]
        append(lambda: hg.Linear(features, CLASSES))
    if isinstance(options["loss"], hg.ProbabilityCrossEntropyLoss):
        append(hg.Softmax)

    def layers() -> list[hg.Layer]:
        made = [make() for make in makes]
        return [made[0], hg.Sequential(made[1:3]), *made[3:]] if nested else made

    return Drawn(layers, first, images, shape[0] if len(shape) == 1 else 0, options, seed)


def networks() -> st.SearchStrategy[Drawn]:
    """1 to 7 layers, 1 to 40 images. A smaller depth cuts a network's end off: so examples shrink."""
    depths = st.sampled_from(
        [1, 2, 3, 4, 5, 6, 7, 4, 5, 6, 7, 5, 6, 7]
    )  # of integers Hypothesis prefers the least
    return st.builds(build, st.integers(0, 2**32 - 1), depths, st.sampled_from(range(1, 41)))


def leaves(network: Any) -> Iterator[hg.Layer]:
    """The layers, those of networks inside the network too."""
    for layer in network:
        yield from leaves(layer) if isinstance(layer, hg.Sequential) else [layer]


def near_a_kink(single: Any, double: Any, x: Array, seed: int, step: int) -> bool:
    """Whether rounding may decide on which side of a kink a number lies, or which pixel of a window won.

    There the gradients of two correct programs differ by more than rounding. Near is what is nearer than ten
    times what float32 gets wrong at that place. Numbers that are the same to the bit in float64 are so for a
    reason (zeros behind a ReLU, one pixel in two windows), and in float32 too; but not what a batch
    normalisation makes of them, should a whole channel be one number.

    Arguments:
        single, double: the network in both precisions; they are not changed.
        x: the batch.
        seed, step: that dropout is drawn from.
    """
    rngs = [generator(seed, Stream.FORWARD, step) for _ in range(2)]
    xs = [x, x.astype(np.float64)]
    for layers in zip(leaves(copy.deepcopy(single)), leaves(copy.deepcopy(double)), strict=True):
        small = 10 * np.abs(xs[0] - xs[1]).max() + 1e-7 * np.abs(xs[1]).max()
        distances = _distances(layers[1], xs[1])
        if ((distances > 0) & (distances < small)).any():
            return True
        xs = [
            layer.forward(x, training=True, rng=rng)[0]
            for layer, x, rng in zip(layers, xs, rngs, strict=True)
        ]
    return False


def _distances(layer: Any, x: Array) -> Array:
    """How far numbers are from where this layer's derivative jumps."""
    if isinstance(layer, hg.ReLU | hg.LeakyReLU | hg.PReLU | hg.ELU):
        return np.abs(x)
    if isinstance(layer, hg.BatchNorm1d | hg.BatchNorm2d):
        axes = (0, *range(2, x.ndim))
        same = (np.ptp(x, axis=axes) == 0) & (
            x.max(axis=axes) != 0
        )  # but their mean is rounded: x − μ is not quite 0
        return np.where(same, np.finfo(float).tiny, np.inf)
    if not isinstance(layer, hg.MaxPool2d):
        return np.zeros(1)
    (KH, KW), (PH, PW) = layer.kernel_size, layer.padding
    SH, SW = layer.stride or layer.kernel_size
    padded = np.pad(x, ((0, 0), (0, 0), (PH, PH), (PW, PW)), constant_values=-np.inf)
    found = np.lib.stride_tricks.sliding_window_view(padded, (KH, KW), (2, 3))[:, :, ::SH, ::SW]
    return found.max(axis=(4, 5), keepdims=True) - found
