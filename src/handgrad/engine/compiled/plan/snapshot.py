"""What a plan was made for, so that changes from outside are seen: another array, another dropout."""

from collections.abc import Iterator, Sequence

from handgrad.engine.compiled.plan.fallback import FallbackNode
from handgrad.nn import Layer, Sequential


class Snapshot:
    """The layers of a network, their configuration and their arrays, at one moment.

    Values *inside* the arrays may change at any time: kernels read them where they are.

    Arguments:
        network: as it is now.
        fallbacks: layers that run by their own code, whose configuration is their own affair.
    """

    def __init__(self, network: Sequential, fallbacks: Sequence[FallbackNode]) -> None:
        own = {id(node.layer) for node in fallbacks}
        layers = list(_layers(network))
        self._lists = [(each, list(each.layers)) for each in layers if isinstance(each, Sequential)]
        plain = [each for each in layers if not isinstance(each, Sequential) and id(each) not in own]
        self._settings = [(vars(layer), dict(vars(layer))) for layer in plain]
        self._parameters = [(item, item.value) for item in network.parameters().values()]
        self._buffers = [(item, item.value) for item in network.buffers().values()]

    def holds(self) -> bool:
        """Whether all of it is still so."""
        return (
            all(item.value is array for item, array in self._parameters)
            and all(item.value is array for item, array in self._buffers)
            and all(now == then for now, then in self._settings)
            and all(network.layers == layers for network, layers in self._lists)
        )


def _layers(network: Sequential) -> Iterator[Layer]:
    yield network
    for layer in network:
        if isinstance(layer, Sequential):
            yield from _layers(layer)
        else:
            yield layer
