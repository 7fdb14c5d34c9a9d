"""The points that the document gives for an accuracy."""

from __future__ import annotations

import math
from typing import Any

FULL = 20
"""Points for an accuracy at par."""

PAR = {"mlp": 0.90, "convnet": 0.98}


def accuracy_points(accuracy: float, par: float) -> dict[str, Any]:
    """Twenty points at par, one more or one less for each percentage point above or below it.

    The document takes points away down to twenty percentage points below par, where none are left. It does
    not say whether parts of a percentage point count: ``points`` counts them, ``whole`` counts whole
    percentage points only.

    Arguments:
        accuracy: on the test set, from 0 to 1.
        par: likewise.

    Example:
        >>> accuracy_points(0.975, 0.9)
        {'par': 0.9, 'full': 20, 'points': 27.5, 'whole': 27, 'extra': 7.5}
    """
    extra = round(100 * (accuracy - par), 6)
    return {
        "par": par,
        "full": FULL,
        "points": max(0.0, FULL + extra),
        "whole": max(0, FULL + math.floor(extra)),
        "extra": max(0.0, extra),
    }
