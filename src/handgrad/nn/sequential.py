"""`Sequential`: layers one after the other, with one seed and one table of parameters."""

from collections.abc import Iterable, Iterator
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt

from handgrad._typing import AnyArray, Array, Shape
from handgrad.errors import ArgumentError, HandgradError, ShapeError
from handgrad.nn import weights
from handgrad.nn.checked import checked_layers, checked_seed, checked_shape
from handgrad.nn.layer import Gradients, Layer, two
from handgrad.nn.parameter import Buffer, Parameter
from handgrad.nn.summary import Summary, summarise
from handgrad.randomness import Stream

Passed = tuple[Array, Any]
"""What a layer returned: its output, and its cache."""

Cache = list[tuple[Shape, Any]]
"""For each layer the shape of its x, which its dx must have, and its own cache."""


class Sequential(Layer):
    """A network: each layer's output is the next one's input.

    Arguments:
        layers: in order; one that is itself a `Sequential` counts as a single layer.
        seed: of the first values of the parameters; one seed, one network.
        input_shape: (C, H, W) or (I,) of one input. With it, sizes left open are filled in and misfits found
            at once; without it, at the first batch.
        dtype: of the parameters, float32 or float64.

    Raises:
        ShapeError: a layer does not fit the one before it; says which, and what to do.
        ArgumentError: something that is no layer, or a seed or dtype that makes no sense.

    Example:
        >>> from handgrad.nn import Flatten, Linear
        >>> net = Sequential([Flatten(), Linear(None, 10)], seed=0, input_shape=(1, 28, 28))
        >>> {name: array.shape for name, array in net.state_dict().items()}
        {'1.weight': (10, 784), '1.bias': (10,)}
    """

    def __init__(
        self,
        layers: Iterable[Layer],
        seed: int = 0,
        *,
        input_shape: Shape | None = None,
        dtype: npt.DTypeLike = np.float32,
    ) -> None:
        self.layers = checked_layers(layers)
        self.seed_value = checked_seed("Sequential", seed)
        self.input_shape: Shape | None = None
        self.seed((seed, Stream.FIRST_VALUES))
        self.astype(dtype)
        if input_shape is not None:
            self.infer(input_shape)

    def seed(self, entropy: tuple[int, ...]) -> None:
        """Give every parameter that is not drawn yet a generator of its own."""
        self._entropy = entropy
        for position in range(len(self.layers)):
            self._seed_layer(position)

    def _seed_layer(self, position: int) -> None:
        layer, entropy = self.layers[position], (*self._entropy, position)
        if isinstance(layer, Sequential):
            layer.seed(entropy)
            return
        for index, parameter in enumerate(layer.parameters().values()):
            parameter.seed((*entropy, index))

    def infer(self, input_shape: Shape) -> None:
        """Walk a shape through the network: fills in sizes left open, finds layers that do not fit."""
        input_shape, before = checked_shape(input_shape), self._attributes()
        try:
            self.shapes(input_shape, settle=True)
        except BaseException:
            for layer, attributes in before:  # sizes taken from an input that does not fit are open again
                vars(layer).clear()
                vars(layer).update(attributes)
            raise
        self.input_shape = input_shape

    def _attributes(self) -> list[tuple[Layer, dict[str, Any]]]:
        found: list[tuple[Layer, dict[str, Any]]] = []
        for layer in self.layers:
            found.append((layer, dict(vars(layer))))
            found += layer._attributes() if isinstance(layer, Sequential) else []
        return found

    def shapes(self, input_shape: Shape, *, settle: bool = False) -> list[Shape]:
        """The shape of every layer's output for one input of ``input_shape``.

        Raises:
            ShapeError: a layer does not fit the one before it.
        """
        found: list[Shape] = []
        shape = input_shape
        for position, layer in enumerate(self.layers):
            try:
                if settle:
                    layer.infer(shape)
                    self._seed_layer(position)  # a parameter that was only declared now
                    layer.astype(self.dtype)
                shape = layer.output_shape(shape)
            except HandgradError as error:
                raise self._located(error, position) from None
            found.append(shape)
        return found

    def output_shape(self, input_shape: Shape) -> Shape:
        """The shape of one output."""
        return self.shapes(input_shape)[-1] if self.layers else input_shape

    def multiply_adds(self, input_shape: Shape) -> int:
        """Of all layers together, for one image."""
        inputs = [input_shape, *self.shapes(input_shape)]
        return sum(layer.multiply_adds(shape) for layer, shape in zip(self.layers, inputs, strict=False))

    def walk(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> Iterator[Passed]:
        """The forward pass one layer at a time: yields each layer's output and cache.

        Arguments:
            x: (N, ...).
            training, rng: handed to every layer.

        Raises:
            ShapeError: a layer does not fit the one before it, or there is no image.
            ArgumentError: a layer returns no output with its cache.
        """
        if x.ndim < 2 or not len(x):
            raise ShapeError(
                "network", expected="a batch of at least one image, (N, C, H, W) or (N, I)", got=str(x.shape)
            )
        if self.input_shape is None:
            self.infer(x.shape[1:])
        for position in range(len(self.layers)):
            x, cache = self.layer_forward(position, x, training=training, rng=rng)
            yield x, cache

    def forward(
        self, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> tuple[Array, Cache]:
        """The last layer's output, and what `backward` needs of every layer."""
        caches: Cache = []
        for y, cache in self.walk(x, training=training, rng=rng):
            caches.append((x.shape, cache))
            x = y
        return x, caches

    def backward(self, dy: Array, cache: Cache) -> tuple[Array, Gradients]:
        """Dx, and the gradients of all parameters, named "0.weight", "0.bias", ...

        Raises:
            ShapeError: a layer returns a dx or a gradient of another shape than it must have.
            ArgumentError: a layer returns something else.
        """
        gradients: Gradients = {}
        for position in reversed(range(len(self.layers))):
            dy, own = self.layer_backward(position, dy, cache[position])
            gradients |= {f"{position}.{name}": gradient for name, gradient in own.items()}
        return dy, gradients

    def layer_forward(
        self, position: int, x: Array, *, training: bool = False, rng: np.random.Generator | None = None
    ) -> Passed:
        """One layer's output and cache; its errors say which layer it was."""
        layer = self.layers[position]
        try:
            return two(layer, layer.forward(x, training=training, rng=rng), "forward", "(y, cache)")
        except HandgradError as error:
            raise self._located(error, position) from None

    def layer_backward(self, position: int, dy: Array, cache: tuple[Shape, Any]) -> tuple[Array, Gradients]:
        """One layer's dx and gradients, by their own names, held against the shapes that they must have."""
        layer, (x_shape, own_cache) = self.layers[position], cache
        try:
            dx, gradients = two(layer, layer.backward(dy, own_cache), "backward", "(dx, gradients)")
        except HandgradError as error:
            raise self._located(error, position) from None
        expected = {"dx": x_shape} | {name: item.shape for name, item in layer.parameters().items()}
        found = {"dx": np.shape(dx)} | {name: np.shape(gradient) for name, gradient in gradients.items()}
        for name in expected | found:
            if found.get(name) != expected.get(name):
                raise ShapeError(
                    self.describe(position),
                    expected=f"backward to return {name} of shape {expected[name]}"
                    if name in expected
                    else f"gradients of its own parameters, {', '.join(layer.parameters()) or 'none'}",
                    got=(str(found[name]) if name in expected else name) if name in found else "none",
                )
        return dx, gradients

    def describe(self, position: int) -> str:
        """A layer by its place and its configuration: "layer 5, Linear(800, 500)"."""
        return f"layer {position}, {self.layers[position]!r}"

    def _located(self, error: HandgradError, position: int) -> HandgradError:
        """The error, saying which layer it happened in and what stands before it."""
        before = f"it follows {self.describe(position - 1)}" if position else "it is the first layer"
        hint = f"{before}; {error.hint}" if error.hint else before
        return type(error)(self.describe(position), expected=error.expected, got=error.got, hint=hint)

    def parameters(self) -> dict[str, Parameter]:
        """The trained arrays, by PyTorch's names."""
        return {
            f"{position}.{name}": parameter
            for position, layer in enumerate(self.layers)
            for name, parameter in layer.parameters().items()
        }

    def buffers(self) -> dict[str, Buffer]:
        """The arrays that are saved but not trained, by PyTorch's names."""
        return {
            f"{position}.{name}": buffer
            for position, layer in enumerate(self.layers)
            for name, buffer in layer.buffers().items()
        }

    def astype(self, dtype: npt.DTypeLike) -> None:
        """Continue in another precision, float32 or float64."""
        if np.dtype(dtype) not in (np.float32, np.float64):
            raise ArgumentError("Sequential", expected="dtype float32 or float64", got=str(np.dtype(dtype)))
        self.dtype = np.dtype(dtype)
        for layer in self.layers:
            layer.astype(dtype)

    def state_dict(self) -> dict[str, AnyArray]:
        """Copies of all parameters and buffers, by PyTorch's names, in PyTorch's shapes and order."""
        return weights.state_dict(self)

    def load_state_dict(self, state: dict[str, AnyArray]) -> None:
        """Copy values into the parameters and buffers.

        Raises:
            WeightsError: a name is missing, unknown or of another shape; nothing is changed then.
        """
        weights.load_state_dict(self, state)

    def save(self, path: str | PathLike[str]) -> None:
        """Write parameters, buffers and architecture to a safetensors file, atomically.

        Raises:
            RunError: the file cannot be written.
        """
        weights.save(self, path)

    def load(self, path: str | PathLike[str]) -> None:
        """Read the values of `save`, or any safetensors file with the same names and shapes.

        Raises:
            WeightsError: the file is damaged, or does not belong to this network; nothing is changed then.
        """
        weights.load(self, path)

    def summary(self, input_shape: Shape) -> Summary:
        """A table: layer, output shape, parameters, multiply-adds; and totals.

        Arguments:
            input_shape: (C, H, W) or (I,) of one input.

        Example:
            >>> from handgrad.nn import Linear
            >>> print(Sequential([Linear(784, 10)]).summary((784,)))
            layer                   output shape  parameters  multiply-adds
            0  Linear(784, 10)      (10,)              7,850          7,840
            total                                      7,850          7,840
        """
        return summarise(self, checked_shape(input_shape))

    def __getitem__(self, position: int) -> Any:
        return self.layers[position]

    def __iter__(self) -> Iterator[Layer]:
        return iter(self.layers)

    def __len__(self) -> int:
        return len(self.layers)

    def __repr__(self) -> str:
        return f"Sequential([{', '.join(map(repr, self.layers))}])"
