"""What a contestant does in its own process: it takes a recipe and offers calls to be timed."""

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module
from typing import Any, Protocol

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.nn import Sequential
from handgrad.recipes import Recipe, build_network

TRAINING, INFERENCE, LATENCY = "training", "inference", "latency"
MEASURES = (TRAINING, INFERENCE, LATENCY)
FORWARD, BACKWARD = "forward", "backward"
INFERENCE_IMAGES = 1000
TOTAL_STEPS = 1_000_000  # more than any benchmark makes; some schedules need to know
LEARNING_RATE = 1e-6
"""Instead of the recipe's: thousands of steps on one batch of noise shall neither converge, nor diverge, nor
kill a unit whose momentum would then decay into subnormal numbers, which are slow. Speed depends on nothing
else in a learning rate."""


class Side(Protocol):
    """One contestant with one recipe; made as ``Side(recipe, threads, **options)``."""

    def call(self, measure: str) -> Callable[[], object]:
        """A call without arguments that does one unit of what is measured: a step, a prediction.

        Arguments:
            measure: one of `MEASURES`, or for layers alone a name from `layer_measure`.
        """
        ...


def find_side(path: str) -> Any:
    """The class that "module:class" names."""
    module, _, name = path.partition(":")
    return getattr(import_module(module), name)


def images_of(measure: str, batch_size: int) -> int:
    """How many images one call handles."""
    return {INFERENCE: INFERENCE_IMAGES, LATENCY: 1}.get(measure, batch_size)


def layer_measure(position: int, direction: str) -> str:
    """The name of one layer's forward or backward pass.

    Example:
        >>> layer_measure(3, BACKWARD)
        '3 backward'
    """
    return f"{position} {direction}"


def parse_layer_measure(measure: str) -> tuple[int, str]:
    """Back from `layer_measure`.

    Example:
        >>> parse_layer_measure("3 backward")
        (3, 'backward')
    """
    position, direction = measure.split()
    return int(position), direction


def timed_recipe(recipe: Recipe) -> Recipe:
    """The recipe with the learning rate of all benchmarks."""
    return replace(recipe, optimizer={**recipe.optimizer, "lr": LEARNING_RATE})


def noise(recipe: Recipe, images: int) -> Array:
    """Images (N, C, H, W) of noise from 0 to 1: the speed does not depend on what they show."""
    return np.random.default_rng(0).random((images, *recipe.network.input_shape), np.float32)


def noise_classes(recipe: Recipe, network: Sequential) -> IntArray:
    """Class numbers (N,) for one batch."""
    classes = network.output_shape(tuple(recipe.network.input_shape))[-1]
    return np.random.default_rng(1).integers(0, classes, recipe.train.batch_size)


def layer_inputs(recipe: Recipe) -> tuple[Sequential, list[Array]]:
    """The network, and every layer's real input in a training pass over one batch of noise, and the output.

    Example:
        >>> from handgrad.recipes import find_recipe, override
        >>> network, inputs = layer_inputs(override(find_recipe("mlp"), ["train.batch_size=2"]))
        >>> [x.shape for x in inputs]
        [(2, 1, 28, 28), (2, 784), (2, 64), (2, 64), (2, 10)]
    """
    network, x = build_network(recipe), noise(recipe, recipe.train.batch_size)
    rng = np.random.default_rng(2)
    return network, [x, *(y for y, _ in network.walk(x, training=True, rng=rng))]


def needs_dx(network: Sequential, position: int) -> bool:
    """Whether a layer's backward must give dx: not where nothing before it learns.

    A layer without parameters has nothing else to give, and is always asked for dx.

    Example:
        >>> from handgrad.nn import Linear, ReLU
        >>> network = Sequential([Linear(4, 3), ReLU(), Linear(3, 2)])
        >>> [needs_dx(network, position) for position in range(3)]
        [False, True, True]
    """
    before = any(layer.parameters() for layer in network.layers[:position])
    return before or not network.layers[position].parameters()


def upstream(y: Array) -> Array:
    """A gradient as it might come from above: noise around zero, shaped as y."""
    return np.random.default_rng(3).standard_normal(y.shape, np.float32)
