"""Pieces, findings and results as checks and gradings give them."""

import numpy as np

from handgrad.checks.checking import Piece
from handgrad.checks.finding import Finding, Shown
from handgrad.grading.outcome import CheckOutcome
from handgrad.grading.result import Item, Part, Result
from handgrad.grading.rubric import Rubric

HOSTILE = '=HYPERLINK("http://example.org")<script>alert(1)</script>&\x07\ud800"\'\n@x'
"""A name, or anything else that a student may write."""


def finding(what: str = "dx", cause: str = "gradient-divided-by-batch", **more: object) -> Finding:
    """One finding, as a check gives it."""
    operation = str(more.pop("operation", "linear"))
    evidence = str(more.pop("evidence", f"{what} is divided by N, in every failing case"))
    shown = more.pop("shown", Shown({"x": np.ones((1, 2))}, np.ones(2), np.zeros(2)))
    place = {"line": 12, "text": "return dx / len(x)", "file": "somewhere/nn_layers.py"}
    values = {"piece": "nn_fc_layer", "error": 0.5, **place, **more}
    return Finding(operation, what, cause, evidence, "N=1, I=2", shown=shown, **values)  # type: ignore[arg-type]


def stopped(what: str = "forward", cause: str = "raises") -> Finding:
    """A finding of something that came to nothing."""
    evidence = f"{what} stops with ValueError: shapes do not match"
    return finding(what, cause, evidence=evidence, shown=Shown({}, np.ones(2), None), error=None)


def piece(
    *findings: Finding, name: str = "nn_fc_layer", operation: str = "linear", compared: tuple[str, ...] = ()
) -> Piece:
    """A checked piece."""
    return Piece(name, operation, 8, findings, compared or ("forward", "dx", "dweight", "dbias"))


def checked(*findings: Finding, **more: object) -> CheckOutcome:
    """Its outcome."""
    return CheckOutcome("checked", piece(*findings, **more))  # type: ignore[arg-type]


def all_right(rubric: Rubric) -> dict[str, CheckOutcome]:
    """Every piece of a rubric without a finding."""
    wanted = {
        key: {what for rule in rubric.checks if key in rubric.pieces_of(rule) for what in rule.what}
        for key in rubric.pieces
    }
    return {
        key: CheckOutcome(
            "checked", Piece(key.split(":")[1], key.split(":")[2], 3, (), tuple(sorted(what | {"forward"})))
        )
        for key, what in wanted.items()
    }


def result(name: str = "ada", *, accuracy: float | None = 0.93, items: tuple[Item, ...] = ()) -> Result:
    """What a submission got: something of everything."""
    some = (
        Item("t", "Total accuracy", 20.0, 20.0, "passed", "93.00% of the test images are right: 20 points."),
        Item("fc", "Fully connected layer", 3.0, 4.0, "partly", "3 of 4 results are right. dx: it is <b>.",
             (Part("forward", True), Part("dx", False, "gradient-divided-by-batch: dx is divided by N")),
             "gradient-divided-by-batch", "nn_fc_layer: WRONG: dx\n  x = [[1, 2]] <i>", "docs/ops/linear.md"),
        Item("pool", "Pooling", 0.0, 4.0, "open", "Still open: it returns zeros, as handed out.",
             (Part("forward", False, "still open"),), "not-implemented", page="docs/ops/max_pool2d.md"),
        Item("leak", "Training on the test set", -2.0, 0.0, "failed", "hw5.py, line 3.",
             cause="trained-on-test-set", visibility="hidden"),
        Item("report", "Report", 0.0, 5.0, "by hand", "To be marked by hand: the plots."),
    )  # fmt: skip
    return Result(
        name,
        "hw5",
        "hw5",
        items or some,
        ("it printed a gigabyte",),
        "user",
        ("it could open network connections",),
        12.5,
        accuracy,
        ({"epoch": 1.0, "accuracy": 0.91}, {"epoch": 2.0, "accuracy": 0.93}) if accuracy else (),
    )
