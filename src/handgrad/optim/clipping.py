"""Bounds on the size of gradients."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from handgrad._typing import Array
from handgrad.errors import NonFiniteError
from handgrad.optim import _check


@dataclass(frozen=True)
class ClipGradNorm:
    """Shrinks all gradients together, if their norm is above a bound; as `torch.nn.utils.clip_grad_norm_`.

        total = (Σ |g|^norm_type)^(1 / norm_type)      over all numbers of all gradients
        g ← g × min(1, max_norm / (total + 1e-6))

    Arguments:
        max_norm: the bound, above 0.
        norm_type: which norm, above 0; `math.inf` for the largest absolute value.

    Raises:
        ArgumentError: an option has a value that makes no sense.

    Source: R. Pascanu et al., On the difficulty of training recurrent neural networks (2013).

    Example:
        >>> clipped, norm = ClipGradNorm(1.0).clip({"w": np.array([3.0, 4.0])})
        >>> norm, clipped["w"].round(3)
        (5.0, array([0.6, 0.8]))
    """

    max_norm: float
    norm_type: float = 2.0

    def __post_init__(self) -> None:
        _check.number(self, "max_norm", "(0, inf]", hint="to clip nothing, leave the clipping out")
        _check.number(self, "norm_type", "(0, inf]", hint="2 is the usual norm")

    def clip(self, gradients: Mapping[str, Array]) -> tuple[dict[str, Array], float]:
        """The gradients within the bound, and the norm that they had before.

        Arguments:
            gradients: arrays of any shapes, by name; they are not changed.

        Returns:
            A new dict (with the same arrays, where the norm was within the bound), and the total norm,
            added up in float64 whatever the gradients' dtype.

        Raises:
            NonFiniteError: a gradient holds a NaN or an infinity.
        """
        total = self._norm(np.array([self._norm(gradient) for gradient in gradients.values()]))
        if not math.isfinite(total):
            raise NonFiniteError(
                "ClipGradNorm.clip",
                expected="gradients with a finite norm",
                got=f"{total} ({self._culprit(gradients)})",
                hint="a lower learning rate often helps",
            )
        share = self.max_norm / (total + 1e-6)
        if share >= 1:
            return dict(gradients), total
        return {name: gradient * share for name, gradient in gradients.items()}, total

    def _norm(self, values: Array) -> float:
        if values.size == 0:
            return 0.0
        with np.errstate(over="ignore", invalid="ignore"):  # the result is looked at
            return float(np.linalg.norm(values.astype(np.float64).ravel(), self.norm_type))

    @staticmethod
    def _culprit(gradients: Mapping[str, Array]) -> str:
        names = [name for name, gradient in gradients.items() if not np.isfinite(gradient).all()]
        return f"first in {names[0]}" if names else "the numbers themselves are finite, but too large"


@dataclass(frozen=True)
class ClipGradValue:
    """Brings every number of every gradient into [−bound, bound]; as `torch.nn.utils.clip_grad_value_`.

    Arguments:
        clip_value: the bound, above 0.

    Raises:
        ArgumentError: the bound is not above 0.

    Example:
        >>> clipped, _ = ClipGradValue(1.0).clip({"w": np.array([-3.0, 0.5])})
        >>> clipped["w"]
        array([-1. ,  0.5])
    """

    clip_value: float

    def __post_init__(self) -> None:
        _check.number(self, "clip_value", "(0, inf]", hint="to clip nothing, leave the clipping out")

    def clip(self, gradients: Mapping[str, Array]) -> tuple[dict[str, Array], None]:
        """The gradients within the bound, in new arrays; and None, since no norm was taken.

        Arguments:
            gradients: arrays of any shapes, by name; they are not changed.
        """
        bound = self.clip_value
        return {name: np.clip(gradient, -bound, bound) for name, gradient in gradients.items()}, None


Clipping: TypeAlias = ClipGradNorm | ClipGradValue
"""Either way of clipping: both have `clip(gradients)`, which returns new gradients and the norm or None."""
