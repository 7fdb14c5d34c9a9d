"""The contract of a layer; a user's own subclass needs `forward`, `backward` and its parameters."""

import inspect
from typing import Any, ClassVar, NoReturn

import numpy as np
import numpy.typing as npt

from handgrad._typing import Array, Shape
from handgrad.errors import ArgumentError
from handgrad.nn.parameter import Buffer, Parameter

Gradients = dict[str, Array]
"""By parameter name, each shaped as its parameter."""


class Layer:
    """One step of a network: configuration, parameters, and one call of an op in each direction.

    A subclass gives ``forward`` and ``backward``, and assigns each `Parameter` to an attribute, whose name it
    takes. Nothing of a pass stays on the layer: what the backward needs goes into the cache.

    Example:
        >>> class Scale(Layer):
        ...     def __init__(self):
        ...         self.weight = Parameter([2.0])
        ...     def forward(self, x, *, training=False, rng=None):
        ...         return x * self.weight.value, x
        ...     def backward(self, dy, cache):
        ...         return dy * self.weight.value, {"weight": (dy * cache).sum().reshape(1)}
        >>> Scale().output_shape((3,))
        (3,)
    """

    unprinted: ClassVar[frozenset[str]] = frozenset({"weight_init", "bias_init"})
    """Arguments that the repr leaves out: how the first values were drawn is not what the layer is."""

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, Any]:
        """Compute the layer.

        Arguments:
            x: (N, ...).
            training: whether this pass will be learnt from; dropout and batch norm differ.
            rng: where randomness comes from, given by the engine.

        Returns:
            y (N, ...), and whatever `backward` will need.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define forward(x, *, training, rng)")

    def backward(self, dy: Array, cache: Any) -> tuple[Array, Gradients]:
        """Carry a gradient back.

        Arguments:
            dy: the gradient of the loss with respect to y, shaped as y.
            cache: what `forward` returned beside y.

        Returns:
            dx, shaped as x, and the gradients of the parameters by name.
        """
        raise NotImplementedError(f"{type(self).__name__} does not define backward(dy, cache)")

    def __call__(self, *_arguments: object, **_options: object) -> NoReturn:
        """Refused: a call would not say whether it is for training, and nothing here keeps its cache.

        Raises:
            ArgumentError: always.
        """
        raise ArgumentError(
            type(self).__name__,
            expected="forward(x), which returns (y, cache)",
            got="a call, as PyTorch has it",
            hint="a network predicts by compile(network, ...).predict(x); forward(x)[0] is the output alone",
        )

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape of one output, without the batch axis, for inputs of ``input_shape``.

        A layer that does not say is asked by experiment, with one image of zeros.
        """
        y, _ = two(self, self.forward(np.zeros((1, *input_shape), dtype=np.float32)), "forward", "(y, cache)")
        return tuple(np.shape(y)[1:])

    def infer(self, input_shape: Shape) -> None:
        """Learn the shape of one input; layers with sizes left open fill them in here."""

    def multiply_adds(self, input_shape: Shape) -> int:
        """Multiplications with an addition that one image costs in the forward pass."""
        return 0

    def parameters(self) -> dict[str, Parameter]:
        """The trained arrays, by name."""
        return {name: item for name, item in vars(self).items() if isinstance(item, Parameter)}

    def buffers(self) -> dict[str, Buffer]:
        """The arrays that are saved but not trained, by name."""
        return {name: item for name, item in vars(self).items() if isinstance(item, Buffer)}

    def astype(self, dtype: npt.DTypeLike) -> None:
        """Continue in another precision, float32 or float64."""
        for parameter in self.parameters().values():
            parameter.astype(dtype)
        for buffer in self.buffers().values():
            buffer.astype(dtype)

    def __repr__(self) -> str:
        """The call that makes such a layer, without the arguments at their default: ``Conv2d(1, 20, 5)``.

        Reads the attributes that are named like the arguments of ``__init__``; where a flag became a
        parameter (``bias``), whether it is there. An argument that no attribute tells is printed as ``...``.
        """
        words = []
        for name, argument in inspect.signature(type(self)).parameters.items():
            if name in self.unprinted:
                continue
            if argument.kind in (argument.VAR_POSITIONAL, argument.VAR_KEYWORD):
                continue
            value = vars(self).get(name, ... if argument.default is argument.empty else argument.default)
            if isinstance(argument.default, bool):
                value = value is not None and value is not False
            text = "..." if value is ... else repr(value)
            if argument.default is argument.empty and argument.kind is not argument.KEYWORD_ONLY:
                words.append(text)
            elif text != repr(argument.default):  # of arrays, == would give an array
                words.append(f"{name}={text}")
        return f"{type(self).__name__}({', '.join(words)})"


def two(part: object, returned: Any, method: str, promise: str) -> tuple[Any, Any]:
    """The two things that a method of a layer, a loss or a clipping returned.

    Raises:
        ArgumentError: it returned something else.
    """
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise ArgumentError(
            repr(part), expected=f"{method} to return {promise}", got=f"one {type(returned).__name__}"
        )
    return returned
