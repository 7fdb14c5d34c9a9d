"""What plans were made for, so that changes from outside are seen: another array, another dropout."""

from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np

from handgrad.nn import Layer, Sequential
from handgrad.nn.parameter import Buffer, Parameter


class Snapshot:
    """The layers of a network, their configuration and their arrays, at one moment.

    Values *inside* the arrays may change at any time: kernels read them where they are. How a layer of
    one's own is configured is its own affair: its code runs.

    Arguments:
        network: as it is now.
    """

    def __init__(self, network: Sequential) -> None:
        self._network = network
        layers = list(_layers(network))
        self._lists = [(each, list(each.layers)) for each in layers if isinstance(each, Sequential)]
        ours = [layer for layer in layers if type(layer).__module__.startswith("handgrad.nn")]
        self._settings = [(vars(layer), dict(vars(layer))) for layer in ours]
        self._own = [(layer, _items(layer)) for layer in layers if layer not in ours]
        items: list[Parameter | Buffer] = [*network.parameters().values(), *network.buffers().values()]
        self._values = [(item, item.value) for item in items]

    def holds(self) -> bool:
        """Whether all of it is still so."""
        return (
            all(item.value is value for item, value in self._values)
            and all(_same(now, then) for now, then in self._settings)
            and all(network.layers == layers for network, layers in self._lists)
            and all(_items(layer) == items for layer, items in self._own)
        )


def obstacle(network: Sequential) -> str:
    """Why the reference must run a whole network; empty: it need not.

    Arguments:
        network: as it is now.
    """
    own = {name for kind in type(network).__mro__ for name in vars(kind) if kind not in Sequential.__mro__}
    if own & {"forward", "backward", "walk", "layer_forward", "layer_backward"}:
        return f"a network with code of its own, {type(network).__name__}"
    items: list[Parameter | Buffer] = [*network.parameters().values(), *network.buffers().values()]
    wide = any(item.value.dtype.kind == "f" and item.value.dtype != np.float32 for item in items)
    return "float64 numbers" if wide or network.dtype != np.float32 else ""


def _items(layer: Layer) -> dict[str, Parameter | Buffer]:
    return {**layer.parameters(), **layer.buffers()}


def _layers(network: Sequential) -> Iterator[Layer]:
    yield network
    for layer in network:
        if isinstance(layer, Sequential):
            yield from _layers(layer)
        else:
            yield layer


def _same(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    try:
        return now == then  # what is the same object is the same, without a further look
    except ValueError:  # of arrays there is not one truth
        return now.keys() == then.keys() and all(
            value is then[name] or _equal(value, then[name]) for name, value in now.items()
        )


def _equal(first: object, second: object) -> bool:
    try:
        return bool(first == second)
    except ValueError:
        return False
