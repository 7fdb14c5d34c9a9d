"""What is timed as one layer of the compiled engine is that layer: its numbers are the reference's."""

from math import prod

import numpy as np
import pytest

import handgrad as hg
from handgrad.bench.compiled_layers import LayerPlan, run
from handgrad.bench.engines import reference_passes
from handgrad.engine.compiled.plan.builder import Builder
from handgrad.engine.compiled.plan.fallback import plain, to_rows

N = 5  # not a multiple of any vector's lanes
LAYERS = [
    (hg.Conv2d(2, 3, 3, padding=1), (2, 6, 7)),
    (hg.MaxPool2d(2), (2, 6, 6)),
    (hg.AvgPool2d(3, stride=2), (2, 7, 7)),
    (hg.Linear(11, 4), (11,)),
    (hg.Flatten(), (2, 3, 3)),
    (hg.ReLU(), (7,)),
    (hg.Sigmoid(), (2, 3, 3)),
    (hg.BatchNorm2d(3), (3, 4, 4)),
    (hg.PReLU(), (9,)),
    (hg.Softmax(), (6,)),
    (hg.Sequential([hg.Linear(6, 5), hg.ReLU(), hg.Linear(5, 2)]), (6,)),
]


def arrays(layer: hg.Layer, shape: tuple[int, ...]) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(1)
    output = hg.Sequential([layer], input_shape=shape).output_shape(shape)
    return tuple(rng.standard_normal((N, *each)).astype(np.float32) for each in (shape, output))


def as_numpy(plan: LayerPlan, blocks: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    build = Builder(plan.build.library, N, 1, training=False)
    rows = to_rows(build, blocks)
    build.close()
    run(build.stages, 1)
    return plain(build, rows, shape)


@pytest.mark.parametrize(("layer", "shape"), LAYERS, ids=[repr(layer) for layer, _ in LAYERS])
def test_the_numbers_of_a_layer(layer: hg.Layer, shape: tuple[int, ...]) -> None:
    x, dy = arrays(layer, shape)
    plan = LayerPlan(layer, x, dy, 2, needs_dx=True)
    forward, backward = reference_passes(layer, x, dy, 1, needs_dx=True)
    y, _ = forward()
    dx, gradients = backward()
    close = {"rtol": 1e-4, "atol": 1e-5}
    np.testing.assert_allclose(as_numpy(plan, plan.y, y.shape[1:]), y, **close)
    assert plan.first_dx is not None
    assert plan.first_dx.shape[1] == prod(shape)
    np.testing.assert_allclose(as_numpy(plan, plan.first_dx, shape), dx, **close)
    found = {name.partition(".")[2]: gradient for name, gradient in plan.first_gradients.items()}
    assert found.keys() == gradients.keys()
    for name, gradient in gradients.items():
        np.testing.assert_allclose(found[name], gradient, err_msg=name, **close)


def test_dx_is_left_out_where_nothing_needs_it() -> None:
    layer = hg.Linear(11, 4)
    x, dy = arrays(layer, (11,))
    plan = LayerPlan(layer, x, dy, 1, needs_dx=False)
    assert plan.first_dx is None
    kernels = [entry.name for program in plan.build.programs for entry in program.entries]
    assert kernels.count("linear_product") == 1  # forward; the way back would be another
    _, gradients = reference_passes(layer, x, dy, 1, needs_dx=False)[1]()
    np.testing.assert_allclose(plan.first_gradients["0.weight"], gradients["weight"], rtol=1e-4, atol=1e-5)


def test_neither_conversion_nor_update_is_timed() -> None:
    layer = hg.Linear(11, 4)
    x, dy = arrays(layer, (11,))
    plan = LayerPlan(layer, x, dy, 1, needs_dx=True)
    y, dx = plan.y.copy(), plan.dx.copy()
    x[:], dy[:] = 0, 0
    plan.forward()
    plan.backward()
    assert np.array_equal(plan.y, y)
    assert np.array_equal(plan.dx, dx)
    entries = [[entry.name for entry in program.entries] for program in plan.build.programs]
    assert (len(plan._forward), len(plan._backward)) == (1, 1)
    assert plan.build.stages.index(plan._backward[0]) == 3  # x in blocks, forward, dy in blocks, backward
    assert [names[-1] for names in entries[3:]] == ["collect", "update"]


@pytest.mark.parametrize(("layer", "in_place"), [(hg.Sigmoid(), True), (hg.Linear(9, 9), False)])
def test_no_gradient_becomes_subnormal_however_often_it_is_timed(layer: hg.Layer, in_place: bool) -> None:
    x, dy = arrays(layer, (9,))
    plan = LayerPlan(layer, x, dy, 1, needs_dx=True)
    assert plan.dx is not None
    assert np.abs(plan.first_dx).max() > 0.01
    for _ in range(100):
        plan.forward()
        plan.backward()
        sizes = np.abs(plan.dx)
        assert not ((sizes > 0) & (sizes < np.finfo(np.float32).tiny)).any()
        assert (sizes.max() == 0) == in_place
