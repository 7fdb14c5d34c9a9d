"""From the arrays that a reader returned to three data sets."""

from __future__ import annotations

from handgrad.data.dataset import Dataset, Splits
from handgrad.data.parts import Parts
from handgrad.data.verify import digests


def as_splits(
    parts: Parts, validation: int | None, *, name: str, classes: int, names: tuple[str, ...] | None = None
) -> Splits:
    """Make data sets of the arrays that a reader returned.

    Arguments:
        parts: the arrays.
        validation: how many images to hold out; None: see `Parts.held_out`.
        name: what errors and reports call the data.
        classes: the number of classes.
        names: their names.

    Returns:
        The three data sets, which share the readers' arrays where possible.

    Raises:
        DataError: arrays that cannot be a data set, or nothing left to learn from.
    """
    train, held_out = parts.held_out(validation, name)
    made = [
        Dataset(part.images, part.labels, classes=classes, name=f"{name} ({split})", names=names)
        for split, part in (("train", train), ("validation", held_out), ("test", parts.test))
    ]
    checksums = digests(parts)
    for dataset in made:
        dataset.name, dataset.checksums = name, dict(checksums)
    return Splits(*made)
