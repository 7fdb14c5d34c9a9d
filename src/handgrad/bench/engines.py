"""handgrad's own engines as contestants."""

from collections.abc import Callable

import numpy as np

from handgrad._typing import Array
from handgrad.bench.side import (
    FORWARD,
    TOTAL_STEPS,
    TRAINING,
    images_of,
    layer_inputs,
    needs_dx,
    noise,
    noise_classes,
    parse_layer_measure,
    timed_recipe,
    upstream,
)
from handgrad.errors import ArgumentError
from handgrad.nn import Layer
from handgrad.recipes import Recipe, build_network, build_run

Passes = tuple[Callable[[], object], Callable[[], object]]
"""Forward and backward of one layer, to be timed."""


class EngineSide:
    """A recipe bound to an engine, as `handgrad train` binds it.

    Arguments:
        recipe: what is trained.
        threads: that the engine may use.
        engine: its name.
    """

    def __init__(self, recipe: Recipe, threads: int, *, engine: str) -> None:
        self.recipe = timed_recipe(recipe)
        self.network = build_network(self.recipe)
        self.run = build_run(self.recipe, self.network, engine=engine, threads=threads)
        self.run.begin(TOTAL_STEPS)

    def call(self, measure: str) -> Callable[[], object]:
        """`train_step` on a batch, or `predict`, with images that lie in memory as NumPy arrays."""
        x = noise(self.recipe, images_of(measure, self.recipe.train.batch_size))
        if measure == TRAINING:
            targets = noise_classes(self.recipe, self.network)
            return lambda: self.run.train_step(x, targets)
        return lambda: self.run.predict(x)


class EngineLayers:
    """Each layer of a recipe alone, run by an engine, in the engine's own layout.

    Arguments:
        recipe: whose layers they are.
        threads: that the engine may use.
        engine: its name.

    Raises:
        ArgumentError: an engine of which it is not known how it runs one layer.
    """

    def __init__(self, recipe: Recipe, threads: int, *, engine: str) -> None:
        self.network, self.inputs = layer_inputs(recipe)
        self.threads = threads
        passes = {"reference": reference_passes, "compiled": _compiled_passes}
        if engine not in passes:
            raise ArgumentError("--layers", expected=f"one of {', '.join(passes)}", got=engine)
        self._passes = passes[engine]

    def call(self, measure: str) -> Callable[[], object]:
        """One layer's pass in one direction."""
        position, direction = parse_layer_measure(measure)
        layer, x, dy = self.network[position], self.inputs[position], upstream(self.inputs[position + 1])
        wanted = needs_dx(self.network, position)
        forward, backward = self._passes(layer, x, dy, self.threads, needs_dx=wanted)
        return forward if direction == FORWARD else backward


def reference_passes(layer: Layer, x: Array, dy: Array, threads: int, *, needs_dx: bool) -> Passes:
    """A layer's own forward and backward, which always gives dx; BLAS has its threads already."""
    rng = np.random.default_rng(0)
    _, cache = layer.forward(x, training=True, rng=rng)
    return lambda: layer.forward(x, training=True, rng=rng), lambda: layer.backward(dy, cache)


def _compiled_passes(layer: Layer, x: Array, dy: Array, threads: int, *, needs_dx: bool) -> Passes:
    from handgrad.bench.compiled_layers import LayerPlan  # llvmlite: in this contestant's process only

    plan = LayerPlan(layer, x, dy, threads, needs_dx=needs_dx)
    return plan.forward, plan.backward
