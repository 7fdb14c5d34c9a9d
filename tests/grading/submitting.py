"""Small submissions of hw5, as students write them: a right ReLU, and a softmax that can be spoilt."""

from pathlib import Path

import pytest

from handgrad.checks.styles import STYLES
from handgrad.grading.functions import Checked, check_functions
from handgrad.grading.remote import Host
from handgrad.grading.sandbox import Box, Limits, Plan, Tier
from handgrad.grading.sandbox.tiers import LIMITS, NAMESPACES
from handgrad.grading.sandbox.trial import holds

RELU = """
import numpy as np

class nn_activation_layer:
    def forward(self, x):
        return np.where(x > 0, x, 0.0)
    def backprop(self, x, dLdy):
        return dLdy * (x > 0)
"""

SOFTMAX = """
class nn_softmax_layer:
    def forward(self, x):
        {forward}
        powers = np.exp(x - x.max(axis=1, keepdims=True))
        return powers / powers.sum(axis=1, keepdims=True)
    def backprop(self, x, dLdy):
        {backward}
        p = nn_softmax_layer.forward(self, x)
        return p * (dLdy - (dLdy * p).sum(axis=1, keepdims=True))
"""

PIECES = ("nn_activation_layer", "nn_softmax_layer")


def write(folder: Path, forward: str = "pass", backward: str = "pass", top: str = "") -> Path:
    """A submission whose softmax does something beside, and its module something when imported."""
    folder.mkdir(exist_ok=True)
    text = RELU + top + SOFTMAX.format(forward=forward, backward=backward)
    (folder / "nn_layers.py").write_text(text, encoding="utf-8")
    return folder


needs_namespaces = pytest.mark.skipif(
    not holds(NAMESPACES), reason="hostile code runs in namespaces, or not at all"
)
"""Of tests that kill, fork and fill: held by limits alone they would do it to this machine."""


def harmless_tier() -> Tier:
    """A tier for submissions that do no harm: limits will do where nothing else holds."""
    return NAMESPACES if holds(NAMESPACES) else LIMITS


def host_for(
    folder: Path,
    seconds: float = 3.0,
    limits: Limits | None = None,
    allowed: tuple[str, ...] = (),
    together: float = float("inf"),
) -> Host:
    plan = Plan("hw5", folder, allowed=allowed, limits=limits or Limits())
    return Host(lambda: Box(plan, NAMESPACES), folder, seconds, 1.0, together)


def checked(host: Host, folder: Path) -> dict[str, Checked]:
    wanted = [one for one in STYLES["hw5"].interfaces if one.name in PIECES]
    try:
        found = check_functions(host, "hw5", folder, wanted)
    finally:
        host.close()
    return {one.interface.name: one for one in found}


def causes(one: Checked) -> dict[str, str]:
    """What is wrong, and why."""
    assert one.piece is not None, one.why
    return {finding.what: finding.cause for finding in one.piece.findings}
