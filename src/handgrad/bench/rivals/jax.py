"""JAX on the CPU: one jitted function for a step of training, one for a prediction."""

import os
from collections.abc import Callable, Iterator
from typing import Any

from handgrad._typing import pair
from handgrad.bench.side import TRAINING, images_of, noise, noise_classes, timed_recipe
from handgrad.errors import ArgumentError
from handgrad.nn import Layer, Sequential
from handgrad.recipes import Recipe, build_network

Tree = Any
"""Arrays in nested lists and dicts, which JAX calls a pytree."""


class JaxSide:
    """A recipe in JAX, as far as the library's own recipes go; its schedule is left out, in JAX's favour.

    Arguments:
        recipe: what is trained.
        threads: as many cores are left to the process, which is the way to limit JAX.

    Raises:
        ArgumentError: a layer, a loss or an optimizer that is not written out here.
    """

    def __init__(self, recipe: Recipe, threads: int) -> None:
        if hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
        import jax

        self.recipe = timed_recipe(recipe)
        self.network = build_network(self.recipe)
        self.layers = list(leaves(self.network))
        self.apply = [layer_function(layer) for layer in self.layers]
        if self.recipe.loss["type"] != "CrossEntropyLoss" or self.recipe.clip:
            raise ArgumentError(
                "JAX", expected="cross-entropy without clipping", got=self.recipe.loss["type"]
            )
        weights = [{name: p.value for name, p in layer.parameters().items()} for layer in self.layers]
        self.weights: Tree = jax.tree.map(jax.numpy.array, weights)

    def call(self, measure: str) -> Callable[[], object]:
        """A step of training or a prediction, waited for until it is done."""
        import jax

        x = jax.numpy.array(noise(self.recipe, images_of(measure, self.recipe.train.batch_size)))
        if measure != TRAINING:
            predict = jax.jit(self._forward)
            return lambda: predict(self.weights, x).block_until_ready()
        targets = jax.numpy.array(noise_classes(self.recipe, self.network))
        begin, update = optimizer_functions(self.recipe)

        def loss_of(weights: Tree) -> Any:
            logits = self._forward(weights, x)
            return -jax.numpy.take_along_axis(jax.nn.log_softmax(logits), targets[:, None], 1).mean()

        def advance(weights: Tree, memory: Tree) -> tuple[Any, Tree, Tree]:
            loss, gradients = jax.value_and_grad(loss_of)(weights)
            return loss, *update(weights, gradients, memory)

        compiled = jax.jit(advance, donate_argnums=(0, 1))
        memory = begin(self.weights)

        def step() -> None:
            nonlocal memory
            loss, self.weights, memory = compiled(self.weights, memory)
            jax.block_until_ready((loss, self.weights))

        return step

    def _forward(self, weights: Tree, x: Any) -> Any:
        for apply, own in zip(self.apply, weights, strict=True):
            x = apply(own, x)
        return x


def leaves(network: Sequential) -> Iterator[Layer]:
    """Every layer, those of nested networks in their place."""
    for layer in network:
        if isinstance(layer, Sequential):
            yield from leaves(layer)
        else:
            yield layer


def layer_function(layer: Any) -> Callable[[Tree, Any], Any]:
    """A function of (weights, x) (N, C, H, W) that computes a layer.

    Raises:
        ArgumentError: a layer that is not written out here.
    """
    from jax import lax, nn, numpy

    def convolve(weights: Tree, x: Any) -> Any:
        pads = [(size, size) for size in pair(layer._pixels)]
        y = lax.conv_general_dilated(
            x, weights["weight"], pair(layer.stride), pads, feature_group_count=layer.groups
        )
        return y + weights["bias"][:, None, None] if "bias" in weights else y

    def pool(x: Any, start: float, combine: Any) -> Any:
        window, stride = pair(layer.kernel_size), pair(layer.stride or layer.kernel_size)
        pads = [(0, 0), (0, 0), *((size, size) for size in pair(layer.padding))]
        return lax.reduce_window(x, start, combine, (1, 1, *window), (1, 1, *stride), pads)

    def average(x: Any) -> Any:
        height, width = pair(layer.kernel_size)
        return pool(x, 0.0, lax.add) / (height * width)

    def connect(weights: Tree, x: Any) -> Any:
        return x @ weights["weight"].T + weights.get("bias", 0.0)

    functions: dict[str, Callable[[Tree, Any], Any]] = {
        "Conv2d": convolve,
        "Linear": connect,
        "MaxPool2d": lambda _, x: pool(x, -numpy.inf, lax.max),
        "AvgPool2d": lambda _, x: average(x),
        "Flatten": lambda _, x: x.reshape(len(x), -1),
        "ReLU": lambda _, x: nn.relu(x),
        "Sigmoid": lambda _, x: nn.sigmoid(x),
        "Tanh": lambda _, x: numpy.tanh(x),
    }
    kind = type(layer).__name__
    if kind not in functions:
        raise ArgumentError("JAX", expected=f"one of {', '.join(functions)}", got=repr(layer))
    return functions[kind]


def optimizer_functions(recipe: Recipe) -> tuple[Callable[[Tree], Tree], Callable[..., tuple[Tree, Tree]]]:
    """``begin(weights) -> memory`` and ``update(weights, gradients, memory) -> weights, memory``.

    Raises:
        ArgumentError: an optimizer other than SGD and Adam.
    """
    from jax import numpy, tree

    options = recipe.optimizer
    lr, momentum, decay = options["lr"], options.get("momentum", 0.0), options.get("weight_decay", 0.0)
    beta1, beta2 = options.get("betas", (0.9, 0.999))
    zeros: Callable[[Tree], Tree] = lambda weights: tree.map(numpy.zeros_like, weights)  # noqa: E731

    def sgd(weights: Tree, gradients: Tree, velocity: Tree) -> tuple[Tree, Tree]:
        velocity = tree.map(lambda v, g, w: momentum * v + g + decay * w, velocity, gradients, weights)
        return tree.map(lambda w, v: w - lr * v, weights, velocity), velocity

    def adam(weights: Tree, gradients: Tree, memory: Tree) -> tuple[Tree, Tree]:
        first, second, count = memory
        gradients, count = tree.map(lambda g, w: g + decay * w, gradients, weights), count + 1
        first = tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, first, gradients)
        second = tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, second, gradients)
        rate, share = lr / (1 - beta1**count), 1 - beta2**count
        moved = tree.map(
            lambda w, m, v: w - rate * m / (numpy.sqrt(v / share) + 1e-8), weights, first, second
        )
        return moved, (first, second, count)

    if options["type"] == "SGD":
        return zeros, sgd
    if options["type"] == "Adam":
        return lambda weights: (zeros(weights), zeros(weights), 0.0), adam
    raise ArgumentError("JAX", expected="SGD or Adam", got=options["type"])
