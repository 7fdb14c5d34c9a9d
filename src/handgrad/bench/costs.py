"""How much arithmetic a network asks for: floating-point operations an image."""

from collections.abc import Iterator

from handgrad._typing import Shape
from handgrad.nn import Layer, Sequential


def inference_flop(network: Sequential, input_shape: Shape) -> int:
    """Floating-point operations of one image forward: a multiply-add counts as two.

    Arguments:
        network: whose convolutions and linear layers are counted; the rest is little beside them.
        input_shape: (C, H, W) of one image.

    Example:
        >>> from handgrad.nn import Linear
        >>> inference_flop(Sequential([Linear(784, 10)]), (784,))
        15680
    """
    return 2 * sum(cost for _, cost in _costs(network, input_shape))


def training_flop(network: Sequential, input_shape: Shape) -> int:
    """Floating-point operations of one image forward and backward.

    Each weight is used three times: for y, for its own gradient and for dx. The dx of the first layer that
    has parameters is not counted, since nothing before it learns.

    Arguments:
        network: as in `inference_flop`.
        input_shape: (C, H, W) of one image.

    Example:
        >>> from handgrad.nn import Linear
        >>> training_flop(Sequential([Linear(784, 64), Linear(64, 10)]), (784,))
        204544
    """
    total, something_learns = 0, False
    for layer, cost in _costs(network, input_shape):
        total += cost * (3 if something_learns else 2)
        something_learns = something_learns or bool(layer.parameters())
    return 2 * total


def _costs(network: Sequential, input_shape: Shape) -> Iterator[tuple[Layer, int]]:
    """Every layer, those inside a nested `Sequential` too, with its multiply-adds an image."""
    shapes = [input_shape, *network.shapes(input_shape)]
    for layer, shape in zip(network.layers, shapes, strict=False):
        if isinstance(layer, Sequential):
            yield from _costs(layer, shape)
        else:
            yield layer, layer.multiply_adds(shape)
