"""A network whose sizes are still open has no weights that could be exchanged."""

from collections.abc import Iterator

from handgrad.errors import ArgumentError
from handgrad.nn import Layer, Sequential

OPEN_SIZES = ("in_features", "in_channels", "num_features")


def require_settled(network: Sequential, where: str) -> None:
    """Refuse a network that waits for its first input to learn a size.

    Arguments:
        network: any.
        where: who asks, for the error.

    Raises:
        ArgumentError: a layer's input size is None; names the first such layer.

    Example:
        >>> from handgrad.nn import Linear
        >>> require_settled(Sequential([Linear(4, 2)]), "export_npz")
    """
    for name, layer in leaves(network):
        if any(vars(layer).get(size, 0) is None for size in OPEN_SIZES):
            raise ArgumentError(
                f"{where}: layer {name}, {layer!r}",
                expected="a layer whose input size is known",
                got="None",
                hint="say it with Sequential(..., input_shape=(C, H, W)), or with network.infer((C, H, W))",
            )


def leaves(network: Sequential, place: str = "") -> Iterator[tuple[str, Layer]]:
    """Every layer that is no `Sequential`, with its place: "3", or "3.0" within layer 3."""
    for position, layer in enumerate(network):
        if isinstance(layer, Sequential):
            yield from leaves(layer, f"{place}{position}.")
        else:
            yield f"{place}{position}", layer
