"""Cases and right answers: the cases separate mistakes only if they have the shapes that they promise."""

import numpy as np
import pytest

from handgrad.checks.calling import in_strides
from handgrad.checks.case import spread_out, upstream
from handgrad.checks.operations import OPERATIONS

GEOMETRIC = [
    (name, case) for name in ("conv2d", "max_pool2d", "avg_pool2d") for case in OPERATIONS[name].cases()
]


@pytest.mark.parametrize("name", ["conv2d", "max_pool2d", "avg_pool2d"])
def test_the_grid_has_each_kind_of_case(name: str) -> None:
    cases = list(OPERATIONS[name].cases())
    assert {case.stride for case in cases} >= {1, 2}
    assert {case.padding for case in cases} == {0, 1}
    assert {case.x.shape[1] for case in cases} >= {1, 3}
    assert {len(case.x) for case in cases} >= {1, 5}
    assert any(case.x.shape[2] != case.x.shape[3] for case in cases)
    assert any("strided" in case.tags for case in cases)
    assert min(case.size for case in cases) <= 15


@pytest.mark.parametrize(("name", "case"), GEOMETRIC, ids=lambda one: getattr(one, "title", one))
def test_upstream_gradients_fit(name: str, case) -> None:
    right = OPERATIONS[name].expect(case, {})
    assert right["forward"].shape == case.dy.shape
    assert right["dx"].shape == case.x.shape


def test_numbers_without_ties_zeros_or_sums_that_cancel() -> None:
    rng = np.random.default_rng(0)
    for shape in ((1,), (4,), (3, 3), (5, 3, 4, 5)):
        for numbers in (spread_out(rng, *shape), upstream(rng, *shape)):
            assert len(np.unique(numbers)) == numbers.size
            assert np.abs(numbers).min() > 0.004
        assert abs(upstream(rng, *shape).sum()) > 0.1


def test_a_view_holds_the_same_numbers_in_another_order_in_memory() -> None:
    x = np.arange(24.0).reshape(1, 2, 3, 4)
    view = in_strides(x)
    np.testing.assert_array_equal(view, x)
    assert not view.flags.c_contiguous


def test_every_operation_has_cases_that_its_own_answers_fit() -> None:
    for operation in OPERATIONS.values():
        cases = list(operation.cases())
        assert cases
        for case in cases[:3]:
            right = operation.expect(case, {})
            for gradient, array in operation.gradients.items():
                assert right[gradient].shape == case.arrays[array].shape, (operation.name, gradient)
