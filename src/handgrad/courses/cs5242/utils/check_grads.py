"""`utils.check_grads` of the course: a layer's gradients beside central differences."""

from collections.abc import Callable

import numpy as np

from handgrad._typing import Array, IntArray
from handgrad.courses.cs5242.layer import Layer, Params
from handgrad.courses.cs5242.loss import Loss
from handgrad.courses.cs5242.shapes import upstream

__all__ = ["check_grads_layer", "check_grads_loss", "layer_errors", "loss_errors"]

STEP = 1e-5


def check_grads_layer(layer: Layer, inputs: Array, in_grads: Array) -> None:
    """Print how far the gradients of a layer are from central differences.

    Arguments:
        layer: one of the course's kind.
        inputs: float64; they are changed on the way, and are at the end what they were.
        in_grads: shaped as the layer's outputs.

    Raises:
        ShapeError: in_grads of another shape.

    Example:
        >>> from handgrad.courses.cs5242.layers import Flatten
        >>> check_grads_layer(Flatten(), np.ones((1, 1, 2, 2)), np.zeros((1, 4)))
        <1e-8 will be fine
        Gradients to inputs: 0.0
    """
    errors = layer_errors(layer, inputs, in_grads)
    print("<1e-8 will be fine")
    for name, error in errors.items():
        print(f"Gradients to {name}: {error}")


def check_grads_loss(loss: Loss, inputs: Array, targets: IntArray) -> None:
    """Print how far the gradient of a loss is from central differences.

    Arguments:
        loss: one of the course's kind.
        inputs: (batch, num_class), float64; at the end they are what they were.
        targets: (batch,).
    """
    print("<1e-8 will be fine")
    print(f"Gradients to inputs: {loss_errors(loss, inputs, targets)['inputs']}")


def layer_errors(layer: Layer, inputs: Array, in_grads: Array) -> dict[str, float]:
    """The errors that `check_grads_layer` prints, for "inputs" and, where the layer learns, its parameters.

    Arguments:
        layer: one of the course's kind.
        inputs: float64; at the end they are what they were.
        in_grads: shaped as the layer's outputs.

    Raises:
        ShapeError: in_grads of another shape.
    """
    outputs = np.shape(layer.forward(inputs))
    in_grads = upstream("check_grads_layer", in_grads, outputs, "the layer's outputs")
    arrays = {"inputs": inputs, **_by_kind(layer.get_params("")[0])}
    numerical = {
        name: central_difference(lambda: layer.forward(inputs), array, in_grads)
        for name, array in arrays.items()
    }
    analytical = {"inputs": layer.backward(in_grads, inputs), **_by_kind(layer.get_params("")[1])}
    return {name: distance(analytical[name], numerical[name]) for name in arrays}


def loss_errors(loss: Loss, inputs: Array, targets: IntArray) -> dict[str, float]:
    """The error that `check_grads_loss` prints.

    Arguments:
        loss: one of the course's kind.
        inputs: (batch, num_class), float64; at the end they are what they were.
        targets: (batch,).
    """
    numerical = central_difference(lambda: loss.forward(inputs, targets)[0], inputs)
    return {"inputs": distance(loss.backward(inputs, targets), numerical)}


def central_difference(
    function: Callable[[], Array | np.float64], array: Array, in_grads: Array | float = 1.0
) -> Array:
    """The gradient of Σ function · in_grads with respect to an array, element by element.

    Arguments:
        function: computes the outputs from the array as it is.
        array: is changed in place, and put back.
        in_grads: shaped as the outputs.

    Returns:
        shaped as the array.
    """
    slopes = np.zeros_like(array)
    for index in np.ndindex(array.shape):
        before = array[index]
        array[index] = before + STEP
        above = np.array(function())  # a copy: the outputs may be a view of the array
        array[index] = before - STEP
        below = np.array(function())
        array[index] = before
        # differences first: the sum of all outputs would round off what one element changes
        slopes[index] = np.sum((above - below) * in_grads) / (2 * STEP)
    return slopes


def distance(x: Array, y: Array) -> float:
    """‖x - y‖ over the larger of ‖x‖ and ‖y‖; 0 where both are 0."""
    largest = max(float(np.linalg.norm(x)), float(np.linalg.norm(y)))
    return float(np.linalg.norm(x - y)) / largest if largest else 0.0


def _by_kind(params: Params) -> Params:
    return {"weights" if "weights" in name else "bias": array for name, array in params.items()}
