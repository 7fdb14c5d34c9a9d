"""The one helper: run a row of `tests/op_cases.py`, and check what must hold for every op."""

import copy
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from tests.op_cases import Case
from tests.ops.operations import OPS

Array = np.ndarray
Arrays = Mapping[str, Array]

STEP = 1e-5
# A central difference errs by STEP² f‴ / 6, about 2e-11 f‴, and by the rounding of y over STEP, about
# 2e-11 for each term of Σ dy · y. Gradients here are around 1, third derivatives at most some hundreds (of
# log p and of batch norm), the sums have at most some hundred terms: 1e-7 of the largest gradient leaves a
# factor of ten.
DIFFERENCE_TOLERANCE = 1e-7
DOUBLE_TOLERANCE = 1e-12  # the same sums in another order, in float64
SINGLE_TOLERANCE = 1e-5  # and in float32: up to some hundred roundings of 6e-8


def forward(case: Case, arrays: Arrays) -> tuple[Any, Any]:
    return OPS[case.op].forward(**arrays, **case.keywords())


def backward(case: Case, dy: Any, cache: Any) -> dict[str, Array]:
    """The gradients by name. Every array that should have one must have one, and no other."""
    op = OPS[case.op]
    returned = op.backward(dy, cache)
    gradients = dict(zip(op.gradients, returned if isinstance(returned, tuple) else (returned,), strict=True))
    assert [name for name in gradients if gradients[name] is not None] == case.differentiable
    return {name: gradients[name] for name in case.differentiable}


def upstream(case: Case, y: Any) -> Any:
    """A random dy, away from 0; for a loss a number other than 1."""
    if isinstance(y, float):
        return 0.75
    rng = np.random.default_rng(1 + sum(case.name.encode()))
    signs = rng.choice([-1, 1], size=y.shape)
    return (signs * rng.integers(8, 65, size=y.shape) / 32).astype(y.dtype)


def run(case: Case, arrays: Arrays, arrange: Callable[[Any], Any] = lambda array: array) -> dict[str, Any]:
    """y and every gradient, under "y" and "dx", "dweight" and so on; ``arrange`` is applied to dy."""
    y, cache = forward(case, arrays)
    gradients = backward(case, arrange(upstream(case, y)), cache)
    return {"y": y, **{f"d{name}": gradient for name, gradient in gradients.items()}}


def close(got: Any, expected: Any, tolerance: float, what: str) -> None:
    """Equal in shape, and in value up to ``tolerance`` of the largest expected number."""
    got, expected = np.asarray(got), np.asarray(expected)
    assert got.shape == expected.shape, what
    scale = float(np.abs(expected).max(initial=0.0))
    np.testing.assert_allclose(got, expected, rtol=0, atol=tolerance * (scale or 1.0), err_msg=what)


def all_close(got: Mapping[str, Any], expected: Mapping[str, Any], tolerance: float) -> None:
    assert list(got) == list(expected)
    for name in expected:
        close(got[name], expected[name], tolerance, name)


def check_forward(case: Case) -> None:
    """y equals the independent definition; the loops, where the op has them, do too."""
    arrays = case.make()
    expected = OPS[case.op].oracle(**arrays, **case.keywords())
    close(forward(case, arrays)[0], expected, DOUBLE_TOLERANCE, "y")
    if naive := OPS[case.op].naive:
        close(naive(**arrays, **case.keywords()), expected, DOUBLE_TOLERANCE, "naive y")


def check_gradients(case: Case) -> None:
    """Every element of every gradient equals the central difference of Σ dy · y."""
    arrays = case.make()
    y, cache = forward(case, arrays)
    dy = upstream(case, y)
    gradients = backward(case, dy, cache)
    for name, gradient in gradients.items():
        difference = np.empty_like(arrays[name])
        for index in np.ndindex(difference.shape):
            above, below = ({**arrays, name: arrays[name].copy()} for _ in range(2))
            above[name][index] += STEP
            below[name][index] -= STEP
            rise = np.subtract(forward(case, above)[0], forward(case, below)[0])
            difference[index] = np.sum(dy * rise) / (2 * STEP)
        close(gradient, difference, DIFFERENCE_TOLERANCE, f"d{name}")


def check_directional(case: Case) -> None:
    """As `check_gradients`, but along one random direction for each array: cheap enough for many cases."""
    arrays = case.make()
    y, cache = forward(case, arrays)
    dy = upstream(case, y)
    for name, gradient in backward(case, dy, cache).items():
        direction = np.random.default_rng(2).uniform(-1, 1, size=arrays[name].shape)
        rise = np.subtract(
            forward(case, {**arrays, name: arrays[name] + STEP * direction})[0],
            forward(case, {**arrays, name: arrays[name] - STEP * direction})[0],
        )
        assert gradient.shape == arrays[name].shape
        terms = np.abs(dy).sum() + np.abs(gradient).sum()  # what the two sums below can cancel from
        slope = np.sum(dy * rise) / (2 * STEP)
        assert abs(slope - np.sum(gradient * direction)) <= DIFFERENCE_TOLERANCE * terms, f"d{name}"


def check_nothing_is_modified(case: Case) -> None:
    """Read-only arrays are taken; arrays, dy and cache keep their bits; a second backward gives the same."""
    arrays = case.make()
    before = copy.deepcopy(arrays)
    for array in arrays.values():
        array.flags.writeable = False
    y, cache = forward(case, arrays)
    y_before, cache_before = copy.deepcopy(y), copy.deepcopy(cache)
    dy = upstream(case, y)
    dy_before = copy.deepcopy(dy)
    if isinstance(dy, np.ndarray):
        dy.flags.writeable = False
    first = backward(case, dy, cache)
    kept = copy.deepcopy(first)
    second = backward(case, dy, cache)
    for now, then in [(arrays, before), (y, y_before), (cache, cache_before), (dy, dy_before)]:
        assert same(now, then)
    assert same(first, kept)  # the second call wrote into nothing that the first had returned
    assert same(first, second)


def check_nothing_is_shared(case: Case) -> None:
    """y and the gradients are new, whole arrays: views neither of what came in, nor of padded maps."""
    arrays = case.make()
    y, cache = forward(case, arrays)
    dy = upstream(case, y)
    gradients = backward(case, dy, cache)
    for name, result in {"y": y, **gradients}.items():
        if isinstance(result, np.ndarray):
            assert result.flags.writeable, name
            assert result.flags.c_contiguous, name
            for given in (*arrays.values(), np.asarray(dy)):
                assert not np.shares_memory(result, given), name


def same(one: Any, other: Any) -> bool:
    """The same bits, however nested."""
    if isinstance(one, np.ndarray):
        return one.dtype == other.dtype and np.array_equal(one, other, equal_nan=True)
    if isinstance(one, dict):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, tuple):
        return len(one) == len(other) and all(map(same, one, other))
    return bool(one == other)


def reversed_in_memory(array: Any) -> Any:
    """The same numbers with the axes in the opposite order in memory: a transposed view."""
    return np.ascontiguousarray(array.T).T if isinstance(array, np.ndarray) else array


def strided(array: Any) -> Any:
    """The same numbers as every second element of a larger array, the last axis running backwards."""
    if not isinstance(array, np.ndarray) or array.ndim == 0:
        return array
    larger = np.full([2 * size for size in array.shape], 99, dtype=array.dtype)
    view = larger[(*[slice(None, None, 2)] * (array.ndim - 1), slice(None, None, -2))]
    view[...] = array
    return view


def check_memory_layouts(case: Case) -> None:
    """Views give what contiguous arrays give."""
    arrays = case.make()
    expected = run(case, arrays)
    for arrange in (reversed_in_memory, strided):
        views = {name: arrange(array) for name, array in arrays.items()}
        assert all(same(views[name], arrays[name]) for name in arrays)
        all_close(run(case, views, arrange), expected, DOUBLE_TOLERANCE)


def check_single_precision(case: Case) -> None:
    """float32 in, float32 out, for y and every gradient; float64 likewise; the numbers are the same."""
    single, double = (run(case, case.make(dtype)) for dtype in ("float32", "float64"))
    for name in double:
        if isinstance(double[name], float):
            assert isinstance(single[name], float)
        else:
            assert (single[name].dtype, double[name].dtype) == (np.float32, np.float64), name
    all_close(single, double, SINGLE_TOLERANCE)
    if naive := OPS[case.op].naive:
        y = naive(**case.make("float32"), **case.keywords())
        assert y.dtype == np.float32
        close(y, double["y"], SINGLE_TOLERANCE, "naive y")


def run_torch(case: Case, arrays: Arrays) -> dict[str, Any]:
    """What PyTorch makes of the same arrays and the same dy: y and every gradient, by autograd."""
    import torch

    tensors = {name: torch.tensor(array) for name, array in arrays.items()}
    for name in case.differentiable:
        tensors[name].requires_grad_()
    assert case.torch is not None
    y = case.torch(torch.nn.functional, **tensors, **case.options)
    dy = upstream(case, y.detach().numpy() if y.ndim else y.item())
    y.backward(torch.tensor(dy, dtype=y.dtype))
    gradients = {f"d{name}": tensors[name].grad.numpy() for name in case.differentiable}
    return {"y": y.detach().numpy(), **gradients}
