"""What layers and networks are made of, refused at once where it makes no sense."""

import inspect
import math
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


def real(layer: str, name: str, value: float, *, above: float = -math.inf) -> float:
    """The value, refused where it is no finite number above a bound.

    Raises:
        ArgumentError: it is none.

    Example:
        >>> real("ELU", "alpha", 1.0)
        1.0
    """
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float | np.number)
        or not above < value < math.inf
    ):
        bound = "" if above == -math.inf else f" above {above:g}"
        raise ArgumentError(layer, expected=f"{name} to be a finite number{bound}", got=repr(value))
    return float(value)


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
        check_methods(layer, position)
        check_whole(layer, position, found[:position])
    return found


def check_methods(layer: Layer, position: int) -> None:
    """Refuse a layer whose forward or backward cannot be called as a network calls them.

    Raises:
        ArgumentError: an argument is missing, or one too many is asked for.
    """
    contracts: tuple[tuple[str, str, tuple[str, ...], dict[str, Any]], ...] = (
        ("forward", "(x, *, training=False, rng=None)", ("x",), {}),
        ("forward", "(x, *, training=False, rng=None)", ("x",), {"training": False, "rng": None}),
        ("backward", "(dy, cache)", ("dy", "cache"), {}),
    )
    for method, contract, arguments, options in contracts:
        try:
            signature = inspect.signature(getattr(layer, method))
        except ValueError:  # code that is not Python's does not say what it takes
            continue
        try:
            signature.bind(*arguments, **options)
        except TypeError:
            raise ArgumentError(
                f"layer {position}, {layer!r}",
                expected=f"{method} to take {contract}",
                got=f"{method}{signature}",
                hint=f"write def {method}(self, {contract[1:]}",
            ) from None


def check_whole(layer: Layer, position: int, before: list[Layer]) -> None:
    """Refuse a layer whose parameters would be trained twice, or not at all.

    Raises:
        ArgumentError: it has parameters and stands in the network before, or holds layers that nobody sees.
    """
    where, held = (
        f"layer {position}, {layer!r}",
        [name for name, item in vars(layer).items() if _is_layer(item)],
    )
    if any(layer is other for other in before) and layer.parameters():
        raise ArgumentError(
            where,
            expected="a layer of its own",
            got="one that stands in the network before",
            hint="weights are not shared; a layer without parameters may stand twice",
        )
    if held and type(layer).parameters is Layer.parameters:
        raise ArgumentError(
            where,
            expected="Parameters as attributes",
            got=f"a layer, {held[0]}, whose parameters would not be found",
            hint="use a Sequential, or define parameters() and buffers() too",
        )


def _is_layer(item: object) -> bool:
    return isinstance(item, Layer)
