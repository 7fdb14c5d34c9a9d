"""What layers and networks are made of, refused at once where it makes no sense."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from handgrad._typing import Shape, Size
from handgrad.errors import ArgumentError
from handgrad.nn.layer import Layer


def positive(layer: str, name: str, value: int) -> int:
    """The value, refused where it is no whole number above 0.

    Raises:
        ArgumentError: it is none.

    Example:
        >>> positive("Linear", "out_features", 10)
        10
    """
    if not is_whole(value) or value < 1:
        raise ArgumentError(layer, expected=f"{name} to be a whole number above 0", got=repr(value))
    return int(value)


def window(layer: str, name: str, value: Size, *, at_least: int = 1) -> Size:
    """The value, refused where it is neither one whole number nor two, (vertical, horizontal).

    Raises:
        ArgumentError: it is neither, or below ``at_least``.

    Example:
        >>> window("MaxPool2d", "kernel_size", (2, 3))
        (2, 3)
    """
    numbers = value if isinstance(value, tuple) else (value, value)
    if len(numbers) != 2 or not all(is_whole(number) and number >= at_least for number in numbers):
        raise ArgumentError(
            layer,
            expected=f"{name} to be a whole number of at least {at_least}, or two: (vertical, horizontal)",
            got=repr(value),
        )
    return value


def is_whole(value: object) -> bool:
    """Whether a value is an integer of Python or NumPy; True and False are none."""
    return isinstance(value, int | np.integer) and not isinstance(value, bool)


def checked_shape(input_shape: Shape) -> Shape:
    """The shape of one input as a tuple, refused where it is none.

    Raises:
        ArgumentError: no sequence of whole numbers above 0.

    Example:
        >>> checked_shape((1, 28, 28))
        (1, 28, 28)
    """
    given: Any = input_shape
    shape = tuple(given) if isinstance(given, Iterable) else ()
    if not shape or not all(is_whole(size) and size > 0 for size in shape):
        raise ArgumentError(
            "input_shape",
            expected="(C, H, W) or (I,) of one input",
            got=repr(given),
            hint="an image of 28 x 28 is (1, 28, 28), a row of 784 features (784,)",
        )
    return tuple(int(size) for size in shape)


def checked_seed(where: str, seed: int) -> int:
    """The seed, refused where it is no whole number or negative.

    Raises:
        ArgumentError: it is.

    Example:
        >>> checked_seed("Sequential", 7)
        7
    """
    if not is_whole(seed) or seed < 0:
        raise ArgumentError(where, expected="seed to be a whole number, not negative", got=repr(seed))
    return int(seed)


def checked_layers(layers: Iterable[Layer]) -> list[Layer]:
    """The layers, refused where there is something else among them.

    Raises:
        ArgumentError: no list, or a list with something that is no layer.

    Example:
        >>> checked_layers([])
        []
    """
    given: Any = layers
    hint = "give the layers as one list: Sequential([Flatten(), Linear(784, 10)])"
    if not isinstance(given, Iterable):
        raise ArgumentError("Sequential", expected="a list of layers", got=repr(given), hint=hint)
    found = list(given)
    for position, layer in enumerate(found):
        if not isinstance(layer, Layer):
            forgotten = isinstance(layer, type) and issubclass(layer, Layer)
            raise ArgumentError(
                f"layer {position}",
                expected="a layer",
                got=f"the class {layer.__name__}" if forgotten else repr(layer),
                hint=f"write {layer.__name__}(...)" if forgotten else hint,
            )
    return found
