"""PyTorch itself: imported when it is first needed, since handgrad works without it."""

from typing import Any

import numpy as np
import numpy.typing as npt

from handgrad._typing import AnyArray
from handgrad.errors import ArgumentError


def pytorch() -> Any:
    """The module ``torch``.

    Raises:
        ArgumentError: it is not installed, or does not load; says what to do.

    Example:
        >>> from importlib.util import find_spec
        >>> find_spec("torch") is None or pytorch().__name__ == "torch"
        True
    """
    try:
        import torch
    except (ImportError, OSError) as error:  # OSError: one of its shared libraries is missing
        raise ArgumentError(
            "the torch engine",
            expected="PyTorch, which handgrad itself does not need",
            got=str(error),
            hint="pip install 'handgrad[peers]'",
        ) from None
    return torch


def as_tensor(array: AnyArray, dtype: npt.DTypeLike | None = None) -> Any:
    """A tensor of an array's numbers: of its own memory, where PyTorch can use that.

    Arguments:
        array: of any shape and strides, read-only or not.
        dtype: of the tensor, as NumPy names it; None: the array's.
    """
    return pytorch().from_numpy(np.require(array, dtype, ["C", "W"]))
