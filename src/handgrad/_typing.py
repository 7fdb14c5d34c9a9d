"""The dimension key: the letters that every shape comment, docstring and error message uses.

========  ==========================================  ========  =============================
``N``     images in a batch                           ``H W``   height and width of an input
``C``     channels in                                 ``KH KW`` height and width of a kernel
``O``     channels, or features, out                  ``OH OW`` height and width of an output
``I``     features in                                 ``G``     groups of a convolution
``K``     classes                                     ``P``     output positions, OH * OW
========  ==========================================  ========  =============================
"""

from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Array: TypeAlias = npt.NDArray[np.floating[Any]]
"""Real numbers, float32 or float64: the dtype that comes in goes out."""

IntArray: TypeAlias = npt.NDArray[np.integer[Any]]
"""Whole numbers: class labels, positions."""

ByteArray: TypeAlias = npt.NDArray[np.uint8]
"""Images as they lie in the files, 0 to 255."""

AnyArray: TypeAlias = npt.NDArray[Any]
"""An array whose dtype is still to be looked at."""

Shape: TypeAlias = tuple[int, ...]

Size: TypeAlias = int | tuple[int, int]
"""One number for both directions, or (vertical, horizontal), as PyTorch takes it."""


def pair(size: Size) -> tuple[int, int]:
    """``3`` and ``(3, 3)`` mean the same window; inside the library it is always the second."""
    if isinstance(size, tuple):
        vertical, horizontal = size
        return int(vertical), int(horizontal)
    return int(size), int(size)
