"""Chapter 2 of the document on real arrays: im2col, Algorithm 1, and equations 2.1 to 2.4."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.courses.thu.convolution import algorithm, equation1_real, equation1_small, im2col_shown
from handgrad.courses.thu.functions import (
    avgpool2d_backward,
    avgpool2d_forward,
    conv2d_backward,
    conv2d_forward,
)
from handgrad.courses.thu.layers import AvgPool2D, Conv2D
from handgrad.courses.thu.loss import SoftmaxCrossEntropyLoss
from handgrad.courses.thu.measures import relative
from handgrad.courses.thu.network import Network
from handgrad.courses.thu.pooling import equation2, equation3
from handgrad.courses.thu.utils import onehot_encoding

if TYPE_CHECKING:
    from handgrad.courses.study import Study


STEP = 1e-5  # of the central differences, in float64
PLACES = 30  # elements of each array that they are taken at


def operations(study: Study, model: Network, images: Array, labels: IntArray) -> dict[str, Any]:
    """Every formula of chapter 2, on small whole numbers to look at and on real maps to be sure.

    Arguments:
        study: keeps the figure.
        model: the trained network of experiment 2 in the course's classes.
        images: (N, 1, H, W), float64.
        labels: (N,).

    Returns:
        what the report says about them.
    """
    x, layer, delta = arriving(model, images, labels, Conv2D)
    maps, pool, pooled_delta = arriving(model, images, labels, AvgPool2D)
    return {
        "im2col": im2col_shown(study),
        "algorithm": algorithm(x, layer),
        "equation1": equation1_small() | {"real": equation1_real(x, layer, delta)},
        "equation2": equation2(maps, pool.kernel_size),
        "equation3": equation3(maps, pooled_delta, pool.kernel_size),
        "differences": differences(x, layer, maps, pool),
    }


def arriving(model: Network, images: Array, labels: IntArray, kind: type) -> tuple[Array, Any, Array]:
    """The last layer of a kind, the maps that come into it, and the gradient that comes back to it.

    Arguments:
        model: in the course's classes.
        images: (N, 1, H, W).
        labels: (N,).
        kind: the layer's class.
    """
    position = max(i for i, layer in enumerate(model.layer_list) if isinstance(layer, kind))
    x = images
    for layer in model.layer_list[:position]:
        x = layer.forward(x)
    output = x
    for layer in model.layer_list[position:]:
        output = layer.forward(output)
    delta = SoftmaxCrossEntropyLoss("loss").backward(output, onehot_encoding(labels, output.shape[1]))
    for layer in reversed(model.layer_list[position + 1 :]):
        delta = layer.backward(delta)
    return x, model.layer_list[position], delta


def differences(x: Array, layer: Conv2D, maps: Array, pool: AvgPool2D) -> dict[str, float]:
    """How far the backward passes are from central differences of the forward passes, relatively."""
    rng = np.random.default_rng(0)
    x, maps, k, p = x[:2], maps[:2], layer.kernel_size, layer.pad
    weights = rng.standard_normal(conv2d_forward(x, layer.W, layer.b, k, p).shape)
    grads = conv2d_backward(x, weights, layer.W, layer.b, k, p)
    shares = rng.standard_normal(avgpool2d_forward(maps, pool.kernel_size, 0).shape)
    grad = avgpool2d_backward(maps, shares, pool.kernel_size, 0)

    def convolved(x: Array, W: Array, b: Array) -> float:
        return float(np.vdot(conv2d_forward(x, W, b, k, p), weights))

    return {
        "input": _central(lambda a: convolved(a, layer.W, layer.b), x, grads[0], rng),
        "W": _central(lambda a: convolved(x, a, layer.b), layer.W, grads[1], rng),
        "b": _central(lambda a: convolved(x, layer.W, a), layer.b, grads[2], rng),
        "pooling": _central(
            lambda a: float(np.vdot(avgpool2d_forward(a, pool.kernel_size, 0), shares)), maps, grad, rng
        ),
    }


def _central(
    function: Callable[[Array], float], array: Array, gradient: Array, rng: np.random.Generator
) -> float:
    found, expected = [], []
    for place in rng.choice(array.size, min(PLACES, array.size), replace=False):
        values = []
        for step in (STEP, -STEP):
            moved = array.copy()
            moved.flat[place] += step
            values.append(function(moved))
        found.append((values[0] - values[1]) / (2 * STEP))
        expected.append(gradient.flat[place])
    return relative(np.array(found), np.array(expected))
