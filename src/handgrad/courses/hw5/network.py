"""What sections 3.1 and 3.3 say of the layers: their shapes, and that what goes back is the gradient."""

from collections.abc import Callable
from typing import Any

import numpy as np

from handgrad._typing import Array
from handgrad.courses.hw5.classifier import nn_mnist_classifier
from handgrad.courses.hw5.nn_layers import (
    nn_activation_layer,
    nn_convolutional_layer,
    nn_cross_entropy_layer,
    nn_fc_layer,
    nn_max_pooling_layer,
    nn_softmax_layer,
)

STEP = 1e-6  # of the central differences
LAYERS = ("conv_layer_1", "act_1", "maxpool_layer_1", "fc1", "act_2", "fc2", "sm1")


def shapes_of(images: Array) -> list[dict[str, Any]]:
    """Each layer's output for a batch, as the document's section 3.1 lists them.

    Arguments:
        images: (batch_size, 1, 28, 28).

    Returns:
        one row for each layer: its attribute and class, the shape without the batch, its parameters.

    Example:
        >>> shapes_of(np.zeros((2, 1, 28, 28)))[0]["shape"]
        [28, 26, 26]
    """
    classifier, flowing, rows = nn_mnist_classifier(), images, []
    for name in LAYERS:
        layer = getattr(classifier, name)
        flowing = layer.forward(flowing)
        weights = layer.get_weights() if hasattr(layer, "get_weights") else ()
        rows.append(
            {
                "layer": name,
                "class": type(layer).__name__,
                "shape": list(flowing.shape[1:]),
                "parameters": sum(array.size for array in weights),
            }
        )
    return rows


def gradient_errors(seed: int = 0) -> list[dict[str, Any]]:
    """Every gradient of every layer beside central differences, on small random arrays in float64.

    Arguments:
        seed: of the arrays.

    Returns:
        one row for each gradient: the class, the gradient's name, and the largest deviation of an element as
        a share of the largest element.

    Example:
        >>> max(row["error"] for row in gradient_errors()) < 1e-7
        True
    """
    rng = np.random.default_rng(seed)
    convolution, fc = nn_convolutional_layer(3, 3, 6, 2, 3), nn_fc_layer(18, 4)
    convolution.set_weights(rng.normal(size=(3, 2, 3, 3)), rng.normal(size=(1, 3, 1, 1)))
    fc.set_weights(rng.normal(size=(4, 18)), rng.normal(size=4))
    maps = rng.permutation(2 * 2 * 6 * 6).reshape(2, 2, 6, 6) / 10 - 7.03  # no two alike, none 0
    rows = []
    for layer, x in ((convolution, maps), (fc, maps[:, :, :3, :3])):
        dLdy = rng.normal(size=layer.forward(x).shape)
        W, b = layer.get_weights()
        makers = (("dLdx", x, layer.forward), ("dLdW", W, _output(layer, x)), ("dLdb", b, _output(layer, x)))
        for (name, array, output), gradient in zip(makers, layer.backprop(x, dLdy), strict=True):
            rows.append(_row(layer, name, gradient, array, output, dLdy))
    for plain, x in (
        (nn_max_pooling_layer(2, 2), maps),
        (nn_activation_layer(), maps),
        (nn_softmax_layer(), rng.normal(size=(5, 4))),
    ):
        dLdy = rng.normal(size=plain.forward(x).shape)
        rows.append(_row(plain, "dLdx", plain.backprop(x, dLdy), x, plain.forward, dLdy))
    entropy, x, y = nn_cross_entropy_layer(), rng.uniform(0.1, 1, size=(5, 4)), rng.integers(0, 4, 5)
    one = np.array(1.0)
    rows.append(
        _row(entropy, "dLdx", entropy.backprop(x, y), x, lambda x: np.asarray(entropy.forward(x, y)), one)
    )
    return rows


def _output(layer: nn_convolutional_layer | nn_fc_layer, x: Array) -> Callable[[Array], Array]:
    """The layer's output as it follows from its weights, which the differences change where they lie."""
    return lambda _: layer.forward(x)


def _row(
    layer: object, name: str, gradient: Array, array: Array, output: Callable[[Array], Array], dLdy: Array
) -> dict[str, Any]:
    difference = np.empty_like(array)
    for place in np.ndindex(array.shape):
        kept, sides = array[place], []
        for shift in (STEP, -STEP):
            array[place] = kept + shift
            sides.append(output(array))
        array[place] = kept
        difference[place] = np.sum(dLdy * (sides[0] - sides[1])) / (2 * STEP)
    error = float(np.abs(gradient - difference).max() / np.abs(difference).max())
    return {"class": type(layer).__name__, "gradient": name, "error": error}
