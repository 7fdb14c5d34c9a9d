"""All that one check found, as text, as JSON, and as an object."""

from dataclasses import dataclass
from typing import Any

from handgrad.checks.answer import as_text
from handgrad.checks.checking import Piece
from handgrad.checks.finding import Finding


@dataclass(frozen=True)
class Check:
    """What `check` found: true where all is right, and printed as one screen.

    Arguments:
        pieces: the classes and functions that were checked.
        notes: remarks: float32 that was lifted, kinks that were avoided, names that were not recognised.

    Example:
        >>> import numpy as np, handgrad as hg
        >>> found = hg.check(hg.ReLU(), np.array([[1.0, -2.0]]))
        >>> found.ok, len(found.findings)
        (True, 0)
    """

    pieces: tuple[Piece, ...]
    notes: tuple[str, ...] = ()

    @property
    def findings(self) -> tuple[Finding, ...]:
        """Of all pieces, each piece's most telling first."""
        return tuple(finding for piece in self.pieces for finding in piece.findings)

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.findings

    def __bool__(self) -> bool:
        return self.ok

    def __str__(self) -> str:
        return as_text(self.pieces, self.notes)

    def __repr__(self) -> str:
        return str(self)

    def as_json(self) -> dict[str, Any]:
        """What ``--json`` prints."""
        return {
            "ok": self.ok,
            "findings": [finding.as_json() for finding in self.findings],
            "checked": [
                {"piece": piece.name, "operation": piece.operation, "cases": piece.cases}
                for piece in self.pieces
            ],
            "notes": list(self.notes),
        }
