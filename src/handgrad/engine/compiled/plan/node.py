"""The pieces that a plan cuts a network into: one layer, or a few that run as one."""

from __future__ import annotations

from typing import Protocol

from handgrad._typing import Array
from handgrad.engine.compiled.plan.builder import Builder


class Node(Protocol):
    """Appends the kernels of some layers to a plan."""

    @property
    def trains(self) -> bool:
        """Whether it has parameters."""
        ...

    def forward(self, build: Builder, x: Array) -> Array:
        """Append the way forward.

        Arguments:
            build: of the plan.
            x: (B, F, L), the memory of the input.

        Returns:
            the memory of the output, (B, F', L).
        """
        ...

    def backward(self, build: Builder, dy: Array, *, needs_dx: bool) -> Array | None:
        """Append the way back; gradients of parameters go to ``build.parts``.

        Arguments:
            build: of the plan.
            dy: the memory of the output's gradient; may be overwritten.
            needs_dx: whether anything before this node learns.

        Returns:
            the memory of the input's gradient, or None where it is not needed.
        """
        ...
