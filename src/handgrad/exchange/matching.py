"""Which tensor of a file belongs to which of a network, where the two name them differently."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import TypeAlias

from handgrad._typing import Shape
from handgrad.errors import WeightsError

PREFIXES = ("module.", "model.", "net.", "layers.", "_orig_mod.")
"""What wrappers put before every name: DataParallel, people's own attributes, torch.compile."""

Signature: TypeAlias = frozenset[tuple[str, Shape]]
"""The tensors of one layer, by their own names: {("weight", (10, 500)), ("bias", (10,))}."""


def common_prefix(names: Iterable[str]) -> str:
    """The known prefixes that all names have, put together.

    Example:
        >>> common_prefix(["module.net.0.weight", "module.net.0.bias"])
        'module.net.'
    """
    names, stripped = list(names), ""
    while names:
        found = next((prefix for prefix in PREFIXES if all(name.startswith(prefix) for name in names)), None)
        if found is None:
            break
        stripped += found
        names = [name.removeprefix(found) for name in names]
    return stripped


def match_by_shape(where: str, network: Mapping[str, Shape], file: Mapping[str, Shape]) -> dict[str, str]:
    """Match layer by layer: the same tensors of the same shapes.

    Several layers alike are matched in order where only numbers tell their names apart (fc2, fc3, fc10).
    The order of the file says nothing: safetensors sorts its tensors.

    Arguments:
        where: the file, for the errors.
        network: the shapes by name, in the network's order.
        file: the shapes by name.

    Returns:
        For each name of the network the name in the file.

    Raises:
        WeightsError: layers that do not pair off one to one, or in more than one way; shows both lists.

    Example:
        >>> file = {"b.weight": (4, 3), "a.weight": (3, 2)}
        >>> match_by_shape("file", {"0.weight": (3, 2), "1.weight": (4, 3)}, file)
        {'0.weight': 'a.weight', '1.weight': 'b.weight'}
    """
    ours, theirs = layers_by_signature(network), layers_by_signature(file)
    both_lists = f"{listed(network)} in the network; {listed(file)} in the file"
    if {kind: len(names) for kind, names in ours.items()} != {
        kind: len(names) for kind, names in theirs.items()
    }:
        raise WeightsError(
            where,
            expected="layers whose shapes pair off with those of the network",
            got=both_lists,
            hint="compare the architecture that the weights were trained with",
        )
    matched: dict[str, str] = {}
    for kind, layers in ours.items():
        candidates = sorted(theirs[kind], key=numbers)
        if not ordered_by_number(candidates):
            raise WeightsError(
                where,
                expected="layers that pair off with those of the network in one way only",
                got=f"{', '.join(candidates)}, all alike, for {', '.join(layers)}; {both_lists}",
                hint=f"rename the tensors after the network's: {next(iter(network))} and so on",
            )
        for layer, candidate in zip(layers, candidates, strict=True):
            matched |= {joined(layer, own): joined(candidate, own) for own, _ in kind}
    return {name: matched[name] for name in network}


def layers_by_signature(shapes: Mapping[str, Shape]) -> dict[Signature, list[str]]:
    """The layers that have the same tensors, in order."""
    layers: defaultdict[str, set[tuple[str, Shape]]] = defaultdict(set)
    for name, shape in shapes.items():
        layer, _, own = name.rpartition(".")
        layers[layer].add((own, shape))
    alike: defaultdict[Signature, list[str]] = defaultdict(list)
    for layer, tensors in layers.items():
        alike[frozenset(tensors)].append(layer)
    return dict(alike)


def ordered_by_number(layers: list[str]) -> bool:
    """Whether the names differ in their numbers only, each from each: there is one natural order then."""
    stems = {re.sub(r"\d+", "#", name) for name in layers}
    return len(stems) == 1 and len(set(map(numbers, layers))) == len(layers)


def numbers(name: str) -> tuple[int, ...]:
    """The numbers in a name, in order: (1, 0) for "block1.conv0"."""
    return tuple(map(int, re.findall(r"\d+", name)))


def joined(layer: str, own: str) -> str:
    """A tensor's full name; a module that is a single layer has no name of its own."""
    return f"{layer}.{own}" if layer else own


def listed(shapes: Mapping[str, Shape]) -> str:
    """Names with shapes, as a text: "0.weight (10, 500), 0.bias (10,)"."""
    return ", ".join(f"{name} {shape}" for name, shape in shapes.items()) or "none"
