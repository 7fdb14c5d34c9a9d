"""A trial: whether a tier can start a process that has NumPy."""

import tempfile
from pathlib import Path

from handgrad.grading.sandbox.box import Box
from handgrad.grading.sandbox.plan import BoxError, Plan
from handgrad.grading.sandbox.tiers import Tier


def holds(tier: Tier) -> bool:
    """Whether a submission's process starts and imports NumPy in a tier."""
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "trial.py").write_text("import numpy\nanswer = numpy.zeros(3)\n", encoding="utf-8")
        try:
            with Box(Plan("hw5", Path(folder)), tier) as box:
                values, _ = box.ask({"do": "import", "module": "trial"}, seconds=30.0)
        except (BoxError, OSError):
            return False
        return "answer" in values.get("names", ())
