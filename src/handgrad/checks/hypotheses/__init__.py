"""The mistakes that people make, each as what it would do to the numbers."""

from handgrad.checks.hypotheses import (
    activation,
    convolution,
    convolution_back,
    general,
    general_patterns,
    linear,
    losses,
    networks,
    pooling,
    regularising,
    updates,
)
from handgrad.checks.hypotheses.hypothesis import Hypothesis, Pattern

HYPOTHESES: tuple[Hypothesis, ...] = tuple(
    one
    for room in (
        general, convolution, convolution_back, pooling, linear, activation, losses, regularising, updates,
        networks,
    )
    for one in room.HYPOTHESES
)  # fmt: skip

PATTERNS: tuple[Pattern, ...] = tuple(
    one
    for room in (general_patterns, convolution, pooling, linear, activation, losses, regularising, updates)
    for one in room.PATTERNS
)

__all__ = ["HYPOTHESES", "PATTERNS", "Hypothesis", "Pattern"]
