"""Pieces that are built of others: what is wrong with those is not looked for in them."""

from collections.abc import Sequence
from dataclasses import replace

from handgrad.checks.checking import Piece
from handgrad.checks.styles import Interface

RESTS = "built-of-a-wrong-layer"

GUESSED = 0.5
"""A score below which no numbers speak for a cause."""


def settled(found: Sequence[tuple[Interface, Piece]]) -> list[Piece]:
    """The pieces, with wrong numbers that nothing explains put down to what they are built of.

    Arguments:
        found: pieces of one submission, each with how it was called.

    Returns:
        the pieces in the same order.
    """
    wrong = {piece.name for _, piece in found if piece.findings}
    return [
        _settled(piece, [name for name in interface.rests_on if name in wrong]) for interface, piece in found
    ]


def _settled(piece: Piece, wrong: list[str]) -> Piece:
    if not wrong:
        return piece
    evidence = (
        f"it is built of {' and '.join(wrong)}, which {'is' if len(wrong) == 1 else 'are'} wrong: begin there"
    )
    findings = tuple(
        replace(one, cause=RESTS, evidence=evidence, line=0, text="", file="") if one.score < GUESSED else one
        for one in piece.findings
    )
    return replace(piece, findings=findings)
