import math

import numpy as np
import pytest

from handgrad.errors import NonFiniteError
from handgrad.optim import ClipGradNorm, ClipGradValue


def make_gradients(dtype="float64"):
    rng = np.random.default_rng(3)
    return {"w": rng.normal(size=(3, 4)).astype(dtype), "b": (4 * rng.normal(size=3)).astype(dtype)}


def copies(gradients):
    return {name: gradient.copy() for name, gradient in gradients.items()}


def test_the_norm_is_that_of_all_numbers_together():
    gradients = make_gradients()
    flat = np.concatenate([gradient.ravel() for gradient in gradients.values()])
    for norm_type, expected in [
        (2.0, math.sqrt(sum(x * x for x in flat))),
        (1.0, sum(abs(x) for x in flat)),
        (math.inf, max(abs(x) for x in flat)),
        (3.0, sum(abs(x) ** 3 for x in flat) ** (1 / 3)),
    ]:
        clipped, norm = ClipGradNorm(0.5, norm_type).clip(gradients)
        assert norm == pytest.approx(expected, rel=1e-13)
        for name, gradient in gradients.items():
            np.testing.assert_allclose(clipped[name], gradient * 0.5 / (expected + 1e-6), rtol=1e-13)


@pytest.mark.parametrize("clipping", [ClipGradNorm(1.0), ClipGradNorm(1e9), ClipGradValue(0.5)])
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradients_stay_as_they_are_and_the_dtype_too(clipping, dtype):
    gradients = make_gradients(dtype)
    before = copies(gradients)
    clipped, _ = clipping.clip(gradients)
    assert list(clipped) == list(gradients)
    assert clipped is not gradients
    for name in gradients:
        np.testing.assert_array_equal(gradients[name], before[name])
        assert (clipped[name].dtype, clipped[name].shape) == (np.dtype(dtype), gradients[name].shape)


def test_within_the_bound_nothing_is_touched_or_copied():
    gradients = make_gradients()
    clipped, norm = ClipGradNorm(1e3).clip(gradients)
    assert 0 < norm < 1e3
    assert all(clipped[name] is gradients[name] for name in gradients)


def test_values_are_brought_within_the_bound_one_by_one():
    clipped, norm = ClipGradValue(0.5).clip({"w": np.array([[-2.0, -0.5], [0.25, 0.75]])})
    np.testing.assert_array_equal(clipped["w"], [[-0.5, -0.5], [0.25, 0.5]])
    assert norm is None


def test_no_gradients_and_empty_gradients_have_norm_zero():
    assert ClipGradNorm(1.0).clip({}) == ({}, 0.0)
    assert ClipGradNorm(1.0, math.inf).clip({"w": np.zeros((0, 3))})[1] == 0.0
    assert ClipGradNorm(1.0).clip({"w": np.zeros(3)})[1] == 0.0


def test_large_float32_gradients_do_not_overflow():
    _, norm = ClipGradNorm(1.0).clip({"w": np.array([3e30, 4e30], np.float32)})
    assert norm == pytest.approx(5e30, rel=1e-6)


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
@pytest.mark.parametrize("norm_type", [2.0, math.inf])
def test_a_gradient_that_is_not_finite_is_named(value, norm_type):
    gradients = make_gradients()
    gradients["b"][1] = value
    with pytest.raises(NonFiniteError, match="first in b") as caught:
        ClipGradNorm(1.0, norm_type).clip(gradients)
    assert caught.value.hint


@pytest.mark.torch
@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("norm_type", [2.0, 1.0, 3.0, math.inf])
@pytest.mark.parametrize("max_norm", [0.1, 5.0, 1e3])
def test_the_norm_as_pytorch(dtype, norm_type, max_norm):
    torch = pytest.importorskip("torch")
    gradients = make_gradients(dtype)
    tensors = [torch.zeros(gradient.shape, dtype=getattr(torch, dtype)) for gradient in gradients.values()]
    for tensor, gradient in zip(tensors, gradients.values(), strict=True):
        tensor.grad = torch.tensor(gradient)
    expected = torch.nn.utils.clip_grad_norm_(tensors, max_norm, norm_type)
    clipped, norm = ClipGradNorm(max_norm, norm_type).clip(gradients)
    tolerance = 1e-5 if dtype == "float32" else 1e-12
    assert norm == pytest.approx(expected.item(), rel=tolerance)
    for tensor, gradient in zip(tensors, clipped.values(), strict=True):
        np.testing.assert_allclose(gradient, tensor.grad.numpy(), rtol=tolerance)


@pytest.mark.torch
def test_the_values_as_pytorch():
    torch = pytest.importorskip("torch")
    gradients = make_gradients()
    tensor = torch.zeros(3, 4, dtype=torch.float64)
    tensor.grad = torch.tensor(gradients["w"])
    torch.nn.utils.clip_grad_value_([tensor], 0.3)
    np.testing.assert_array_equal(ClipGradValue(0.3).clip(gradients)[0]["w"], tensor.grad.numpy())
