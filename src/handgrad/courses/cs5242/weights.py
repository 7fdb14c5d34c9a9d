"""A course model's parameters in a file: plain arrays in an ``.npz``, never a pickle."""

from collections.abc import Mapping
from pathlib import Path

import numpy as np

from handgrad._typing import Array
from handgrad.data.files import reading, replacing
from handgrad.errors import DataError, WeightsError


def write_weights(path: Path, params: Mapping[str, Array]) -> None:
    """Write arrays under their names.

    Arguments:
        path: the file; replaced if it is there.
        params: by name.

    Raises:
        DataError: a place that cannot be written.
    """
    with replacing(path) as stream:
        np.savez(
            stream, allow_pickle=False, **params
        )  # a name such as "layer-0th:conv1/weights" is a member's


def read_weights(path: Path, like: Mapping[str, Array]) -> dict[str, Array]:
    """Read the arrays of a network.

    Arguments:
        path: the file.
        like: the network's parameters by name, whose shapes the file's must have.

    Returns:
        the file's, by the same names.

    Raises:
        DataError: the file is missing or damaged.
        WeightsError: it belongs to another network.
    """
    try:
        with reading(path), np.load(path, allow_pickle=False) as archive:
            found = {name: archive[name] for name in archive.files}
    except DataError:  # which is a ValueError too
        raise
    except (ValueError, AttributeError) as error:  # objects inside, or no zip at all
        raise DataError(
            str(path), expected="an .npz that Model.save wrote", got="another kind of file"
        ) from error
    shapes, expected = ({name: array.shape for name, array in item.items()} for item in (found, like))
    if shapes != expected:
        raise WeightsError(str(path), expected=f"parameters {expected}", got=str(shapes))
    return found
