"""Points for functions: every way in which a result can be right, wrong, or not there."""

from dataclasses import replace

import numpy as np
import pytest

from handgrad._typing import AnyArray
from handgrad.checks import STYLES, Target
from handgrad.checks.checking import check_piece
from handgrad.checks.finding import Finding
from handgrad.grading.check_scoring import score_check
from handgrad.grading.importing import Violation
from handgrad.grading.outcome import CheckOutcome
from handgrad.grading.result import Item
from handgrad.grading.rubric import CheckRule, piece_key
from tests.grading.made_results import checked, finding, piece, stopped

KEY = "nn_layers:nn_fc_layer:linear"
OPEN = "all zeros in every case: not written yet, it seems"


def scored(*outcomes: CheckOutcome, what: tuple[str, ...] = (), keys: tuple[str, ...] = (KEY,)) -> Item:
    rule = CheckRule("fc", "FC", 8, [KEY], list(what), "hidden")
    return score_check(rule, keys, outcomes, ())


def test_all_right() -> None:
    item = scored(checked())
    assert (item.points, item.possible, item.status, item.visibility) == (8, 8, "passed", "hidden")
    assert item.reason == "Right: forward, dx, dweight, dbias."
    assert [(part.name, part.ok) for part in item.parts] == [
        (name, True) for name in ("forward", "dx", "dweight", "dbias")
    ]
    assert (item.cause, item.detail) == ("", "")


def test_one_of_four_is_wrong_and_the_reason_says_where() -> None:
    item = scored(checked(finding("dx")))
    assert (item.points, item.status, item.cause) == (6, "partly", "gradient-divided-by-batch")
    assert item.reason == (
        "3 of 4 results are right. dx: gradient-divided-by-batch: dx is divided by N, in every failing case; "
        "look at nn_layers.py, line 12: return dx / len(x)."
    )
    assert item.detail.startswith("nn_fc_layer: recognised as linear; WRONG: dx")
    assert "dx expected" in item.detail
    assert item.page == "docs/ops/linear.md"


@pytest.mark.parametrize(
    ("what", "points", "status"),
    [
        (("forward",), 8, "passed"),
        (("dx",), 0, "failed"),
        (("dx", "dbias"), 4, "partly"),
        (("dw",), 0, "failed"),
    ],
)
def test_only_the_results_that_the_line_asks_for(what: tuple[str, ...], points: float, status: str) -> None:
    item = scored(checked(finding("dx")), what=what)
    assert (item.points, item.status) == (points, status)
    assert [part.name for part in item.parts] == list(what)
    assert ("dx expected" in item.detail) == ("dx" in what)


def test_two_causes_and_what_is_told_below() -> None:
    found = finding("dbias", "gradient-sign", evidence="dbias is -db"), finding("dx"), finding("dweight")
    item = scored(checked(*found))
    assert item.points == 2
    assert item.reason.startswith("1 of 4 results are right. dx: gradient")
    assert item.reason.endswith(" 2 more below.")
    assert [part.reason.partition(":")[0] for part in item.parts] == [
        "", "gradient-divided-by-batch", "gradient-divided-by-batch", "gradient-sign",
    ]  # fmt: skip


def test_what_a_forward_pass_that_stops_leaves_undone_is_not_right() -> None:
    item = scored(checked(stopped("forward")))
    assert (item.points, item.status, item.cause) == (0, "failed", "raises")
    assert item.parts[1].reason.startswith(
        "it could not be calculated, as forward comes first: forward stops"
    )
    gradients = scored(checked(stopped("forward")), what=("dx", "dweight"))
    assert (gradients.points, gradients.cause) == (0, "raises")
    assert "First failing case" in gradients.detail


@pytest.mark.parametrize("cause", ["raises", "endless-loop", "process-ended", "nothing-returned"])
def test_without_what_is_shown_the_cause_tells_whether_it_stopped(cause: str) -> None:
    assert scored(checked(finding("forward", cause, shown=None))).points == 0


def test_a_wrong_forward_pass_leaves_the_gradients_their_points() -> None:
    assert scored(checked(finding("forward", "bias-left-out"))).points == 6
    assert scored(checked(finding("forward", "bias-left-out", shown=None))).points == 6
    assert scored(checked(finding("forward", "input-modified"))).points == 6


def test_a_backward_pass_that_stops_costs_all_gradients() -> None:
    item = scored(checked(stopped("backward")))
    assert (item.points, item.status) == (2, "partly")
    assert item.reason.startswith(
        "1 of 4 results are right. dx, dweight, dbias: backward stops with ValueError"
    )


def test_open_in_whole_and_in_part() -> None:
    zeros = [
        finding(what, "not-implemented", evidence=OPEN) for what in ("forward", "dx", "dweight", "dbias")
    ]
    item = scored(checked(*zeros))
    assert (item.points, item.status, item.cause) == (0, "open", "not-implemented")
    assert item.reason == "Still open: it returns zeros, as handed out."
    half = scored(checked(*zeros[1:]))
    assert (half.points, half.status) == (2, "partly")
    assert half.reason == (
        "1 of 4 results are right. dx, dweight, dbias: still open: it returns zeros, as handed out."
    )
    assert scored(checked(*zeros[1:]), what=("dx",)).status == "open"


@pytest.mark.parametrize(
    ("outcome", "status", "cause", "reason"),
    [
        (CheckOutcome("missing"), "not run", "missing", "There is no nn_fc_layer."),
        (
            CheckOutcome("missing", reason="nn_layers.py is not there"),
            "not run",
            "missing",
            "nn_layers.py is not there.",
        ),
        (CheckOutcome("open"), "open", "not-implemented", "Still open: it returns zeros, as handed out."),
        (CheckOutcome("open", piece(finding())), "open", "not-implemented", "Still open"),
        (
            CheckOutcome("stopped", reason="it took 5 GiB", cause="memory"),
            "failed",
            "memory",
            "It took 5 GiB.",
        ),
        (CheckOutcome("stopped"), "failed", "", "It did not come to an end."),
        (CheckOutcome("checked"), "failed", "", "Nothing came out."),
    ],
)
def test_what_was_not_checked(outcome: CheckOutcome, status: str, cause: str, reason: str) -> None:
    item = scored(outcome)
    assert (item.points, item.status, item.cause) == (0, status, cause)
    assert item.reason.startswith(reason)
    assert all(not part.ok for part in item.parts)


def test_a_result_that_nobody_compared_is_not_right() -> None:
    item = scored(checked(compared=("forward",)), what=("forward", "dx"))
    assert (item.points, item.parts[1].reason) == (4, "it did not come out")


def test_pieces_count_alike_however_many_results_each_has() -> None:
    keys = ("layers:ReLU:relu", KEY)
    item = scored(checked(compared=("forward",)), CheckOutcome("missing"), keys=keys)
    assert (item.points, item.status) == (4, "partly")
    assert [part.name for part in item.parts] == ["ReLU forward", "nn_fc_layer everything"]
    assert item.cause == "missing"
    pools = ("layers:Pooling:max_pool2d", "layers:Pooling:avg_pool2d")
    item = scored(checked(finding()), checked(), keys=pools)
    assert item.points == 7
    assert item.parts[1].name == "Pooling (max_pool2d) dx"
    assert item.page == "docs/ops/max_pool2d.md"


def test_one_open_and_one_wrong_is_failed() -> None:
    both = scored(CheckOutcome("open"), CheckOutcome("missing"), keys=(KEY, KEY))
    assert both.status == "failed"
    assert both.points == 0


def test_what_a_forbidden_import_reaches_does_not_count() -> None:
    rule = CheckRule("fc", "FC", 8, [KEY])
    everywhere = Violation(
        "nn_layers.py", 1, "import torch", "torch", "the rubric forbids torch", ("nn_layers",)
    )
    item = score_check(rule, [KEY], [checked()], [everywhere])
    assert (item.points, item.status, item.cause) == (0, "failed", "import")
    assert item.reason == ("Does not count: nn_layers.py, line 1: import torch: the rubric forbids torch.")
    for other in (
        Violation("a.py", 1, "import torch", "torch", "no", ("a", "hw5")),
        Violation("a.py", 1, "torch.sin", "torch", "no", ("nn_layers",), ("nn_softmax_layer",)),
    ):
        assert score_check(rule, [KEY], [checked()], [other]).points == 8


ZEROS = """
import numpy as np
class nn_activation_layer:
    def forward(self, x):
        return np.zeros(x.shape)
    def backprop(self, x, dLdy):
        return np.zeros(x.shape)
class nn_fc_layer:
    def __init__(self, input_size, output_size, std=1):
        self.W, self.b = np.ones((output_size, input_size)), np.zeros(output_size)
    def set_weights(self, W, b):
        self.W, self.b = W, b
    def forward(self, x):
        return np.zeros((len(x), len(self.b)))
    def backprop(self, x, dLdy):
        return np.zeros(x.shape), np.zeros(self.W.shape), np.zeros(self.b.shape)
class nn_cross_entropy_layer:
    def forward(self, x, y):
        return 0.0
    def backprop(self, x, y):
        return np.zeros(x.shape)
"""


@pytest.mark.parametrize("name", ["nn_activation_layer", "nn_fc_layer", "nn_cross_entropy_layer"])
def test_zeros_as_handed_out_get_nothing_although_zero_is_the_slope_of_zero(name: str) -> None:
    space: dict[str, object] = {}
    exec(ZEROS, space)
    (interface,) = STYLES["hw5"].named(name)
    found = check_piece(interface, Target(name, space[name], space))
    rule = CheckRule("a", "A", 4, [piece_key(interface)])
    item = score_check(rule, [piece_key(interface)], [CheckOutcome("checked", found)], ())
    assert (item.points, item.status) == (0, "open"), found.findings


def test_a_finding_keeps_no_path_of_the_machine() -> None:
    place: Finding = finding("dx", file="/home/grader/tmp/x/nn_layers.py")
    assert "/home" not in scored(checked(place)).reason


def test_what_comes_out_in_some_cases_only_is_not_right() -> None:
    class Half:
        def __init__(self, inputs: int, outputs: int) -> None:
            self.W, self.b = np.zeros((outputs, inputs)), np.zeros(outputs)

        def forward(self, x: AnyArray) -> AnyArray:
            return x.reshape(len(x), -1) @ self.W.T + self.b

        def backprop(self, x: AnyArray, dy: AnyArray) -> tuple[AnyArray, AnyArray, AnyArray]:
            if len(x) > 1:
                raise ValueError("only one image")
            return 2 * (dy @ self.W).reshape(x.shape), dy.T @ x.reshape(1, -1), dy.sum(axis=0)

    linear = next(one for one in STYLES["hw5"].interfaces if one.operation == "linear")
    found = check_piece(linear, Target("nn_fc_layer", Half))
    assert {finding.what for finding in found.findings} == {"dx", "backward"}
    assert found.lacking == ("dx", "dweight", "dbias")
    item = scored(CheckOutcome("checked", found))
    assert (item.points, item.parts[0].ok) == (2, True)
    hidden = CheckOutcome("checked", replace(found, findings=()))  # findings that a hostile process kept away
    assert scored(hidden).points == 2
