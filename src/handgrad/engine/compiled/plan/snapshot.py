"""What plans were made for, so that changes from outside are seen: another array, another dropout."""

from collections.abc import Iterator, Mapping
from typing import Any

from handgrad.nn import Layer, Sequential
from handgrad.nn.parameter import Buffer, Parameter

Arrays = Mapping[str, tuple[Parameter | Buffer, Any]]


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
        self._arrays = _arrays(network)

    def holds(self) -> bool:
        """Whether all of it is still so."""
        return (
            all(network.layers == layers for network, layers in self._lists)
            and all(_same(now, then) for now, then in self._settings)
            and _same_arrays(_arrays(self._network), self._arrays)
        )


def _layers(network: Sequential) -> Iterator[Layer]:
    yield network
    for layer in network:
        if isinstance(layer, Sequential):
            yield from _layers(layer)
        else:
            yield layer


def _arrays(network: Sequential) -> Arrays:
    found: dict[str, Parameter | Buffer] = {**network.parameters(), **network.buffers()}
    return {name: (item, item.value) for name, item in found.items()}


def _same_arrays(now: Arrays, then: Arrays) -> bool:
    return now.keys() == then.keys() and all(
        item is then[name][0] and array is then[name][1] for name, (item, array) in now.items()
    )


def _same(now: Mapping[str, Any], then: Mapping[str, Any]) -> bool:
    return now.keys() == then.keys() and all(
        value is then[name] or _equal(value, then[name]) for name, value in now.items()
    )


def _equal(first: object, second: object) -> bool:
    try:
        return bool(first == second)
    except ValueError:  # arrays: not one truth
        return False
