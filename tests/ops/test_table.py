"""Every row of the table of cases, through the one helper; stored and live PyTorch; no op without a row."""

import re
from collections import Counter
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import handgrad.ops as ops
from tests import op_checks
from tests.op_cases import CASES, OPS, Case

STORED = Path(__file__).parents[1] / "stored" / "ops.npz"
HELPERS = {"check_targets", "output_size"}  # exported, but no operations: tested beside their ops
every_case = pytest.mark.parametrize("case", CASES, ids=str)
every_case_of_torch = pytest.mark.parametrize("case", [case for case in CASES if case.torch], ids=str)


@pytest.fixture(scope="module")
def stored():
    with np.load(STORED, allow_pickle=False) as file:
        return dict(file)


def test_every_exported_op_has_a_row():
    exported = {re.sub("_(forward|backward|naive)$", "", name) for name in ops.__all__} - HELPERS
    assert exported == set(OPS) == {case.op for case in CASES}


def test_every_function_of_an_op_is_exported_and_is_the_one_under_test():
    for name, op in OPS.items():
        if name not in ("im2col", "col2im"):  # each is the other's backward
            for kind in ("forward", "backward", "naive"):
                assert getattr(op, kind) is getattr(ops, f"{name}_{kind}", None)
                assert (f"{name}_{kind}" in ops.__all__) == (getattr(op, kind) is not None)


def test_every_export_is_a_function_of_the_package():
    assert [name for name in ops.__all__ if not callable(getattr(ops, name, None))] == []
    assert sorted(ops.__all__) == ops.__all__


def test_no_two_rows_share_a_name():
    assert Counter(case.name for case in CASES).most_common(1)[0][1] == 1


def test_the_kinks_are_far_away():
    """Where central differences are taken across max or ReLU, no two numbers lie within the step."""
    for case in CASES:
        if case.op in ("max_pool2d", "relu", "leaky_relu", "prelu", "elu") and case.smooth:
            numbers = np.sort(np.append(case.make()["x"].ravel(), 0.0))
            assert np.diff(numbers).min() >= 1000 * op_checks.STEP, case


@every_case
def test_forward_equals_the_independent_definition(case: Case):
    op_checks.check_forward(case)


@pytest.mark.parametrize("case", [case for case in CASES if case.smooth], ids=str)
def test_every_gradient_equals_the_central_difference(case: Case):
    op_checks.check_gradients(case)


@every_case
def test_nothing_is_modified(case: Case):
    op_checks.check_nothing_is_modified(case)


@every_case
def test_nothing_returned_is_a_view_of_what_came_in(case: Case):
    op_checks.check_nothing_is_shared(case)


@every_case
def test_views_are_accepted(case: Case):
    op_checks.check_memory_layouts(case)


@every_case
def test_the_dtype_is_kept(case: Case):
    op_checks.check_single_precision(case)


def test_the_stored_file_has_all_cases_and_no_others(stored):
    assert {name.split("/")[0] for name in stored} == {case.name for case in CASES if case.torch}


@every_case_of_torch
def test_stored_torch(case: Case, stored):
    """Inputs are stored as well, so that another NumPy's generator changes nothing."""
    parts = {
        name.split("/", 1)[1]: array for name, array in stored.items() if name.split("/")[0] == case.name
    }
    arrays = {name.removeprefix("in/"): array for name, array in parts.items() if name.startswith("in/")}
    expected = {name.removeprefix("out/"): array for name, array in parts.items() if name.startswith("out/")}
    assert list(arrays) == list(case.arrays)
    y, cache = op_checks.forward(case, arrays)
    gradients = op_checks.backward(case, parts["dy"][()], cache)
    got = {"y": y, **{f"d{name}": gradient for name, gradient in gradients.items()}}
    op_checks.all_close(got, expected, op_checks.DOUBLE_TOLERANCE)


@pytest.mark.torch
@every_case_of_torch
@pytest.mark.parametrize(
    ("dtype", "tolerance"),
    [("float64", op_checks.DOUBLE_TOLERANCE), ("float32", op_checks.SINGLE_TOLERANCE)],
    ids=["float64", "float32"],
)
def test_live_torch(case: Case, dtype: str, tolerance: float):
    pytest.importorskip("torch")
    arrays = case.make(dtype)
    op_checks.all_close(op_checks.run(case, arrays), op_checks.run_torch(case, arrays), tolerance)


@every_case
def test_a_numpy_double_among_the_options_keeps_float32(case: Case):
    """A slope out of a random generator, or a loss that was divided, is an np.float64."""
    widened = {
        name: np.float64(value) if isinstance(value, float) else value for name, value in case.options.items()
    }
    results = op_checks.run(
        replace(case, options=widened),
        case.make("float32"),
        lambda dy: np.float64(dy) if isinstance(dy, float) else dy,
    )
    for name, result in results.items():
        assert isinstance(result, float) or result.dtype == np.float32, name
