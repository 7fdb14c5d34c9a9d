import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import DataError, ShapeError

RNG = np.random.default_rng(0)
Y = RNG.normal(size=(5, 4))
P = np.exp(Y) / np.exp(Y).sum(axis=1, keepdims=True)
TARGETS = np.array([0, 3, 3, 1, 2])
ROWS = np.array([[1, 0, 0, 0], [0, 0, 0, 1], [0, 0, 0, 1], [0, 1, 0, 0], [0, 0, 1, 0]], float)

OF_TARGETS = np.array([p[t] for p, t in zip(P, TARGETS, strict=True)])

# the loss, its y, and its value by the formula written out
CASES = {
    "cross-entropy": (hg.CrossEntropyLoss(), Y, -np.log(OF_TARGETS).mean()),
    "of probabilities": (hg.ProbabilityCrossEntropyLoss(), P, -np.log(OF_TARGETS).mean()),
    "euclidean": (hg.EuclideanLoss(), Y, ((Y - ROWS) ** 2).sum() / 2 / 5),
    "mse": (hg.MSELoss(), Y, ((Y - ROWS) ** 2).sum() / 20),
}


@pytest.mark.parametrize("case", CASES)
def test_the_value_is_that_of_the_formula(case):
    loss, y, expected = CASES[case]
    value, _ = loss.forward(y, TARGETS)
    assert isinstance(value, float)
    assert value == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_gradient_is_that_of_finite_differences(case, dtype):
    loss, y, _ = CASES[case]
    _, cache = loss.forward(y.astype(dtype), TARGETS)
    gradient = loss.backward(cache)
    assert gradient.dtype == dtype
    numeric = np.zeros_like(y)
    for place in np.ndindex(y.shape):
        up, down = y.copy(), y.copy()
        up[place] += 1e-6
        down[place] -= 1e-6
        numeric[place] = (loss.forward(up, TARGETS)[0] - loss.forward(down, TARGETS)[0]) / 2e-6
    np.testing.assert_allclose(gradient, numeric, rtol=1e-3 if dtype == "float32" else 1e-6, atol=1e-7)


@pytest.mark.parametrize("loss", [hg.EuclideanLoss(), hg.MSELoss()])
def test_class_numbers_count_as_one_hot_rows(loss):
    by_class, by_row = loss.forward(Y, TARGETS), loss.forward(Y, ROWS)
    assert by_class[0] == by_row[0]
    np.testing.assert_array_equal(loss.backward(by_class[1]), loss.backward(by_row[1]))


@pytest.mark.parametrize("case", CASES)
def test_targets_that_do_not_fit(case):
    loss, y, _ = CASES[case]
    for targets, error in [
        (TARGETS[:4], ShapeError),
        (np.array([0, 1, 2, 3, 4]), DataError),
        (np.array([0, 1, 2, 3, -1]), DataError),
        (ROWS[:, :3], ShapeError),
    ]:
        with pytest.raises(error):
            loss.forward(y, targets)


def test_losses_compare_and_print_as_configurations():
    assert hg.CrossEntropyLoss() == hg.CrossEntropyLoss()
    assert repr(hg.MSELoss()) == "MSELoss()"


@pytest.mark.torch
def test_the_values_and_gradients_are_torchs():
    torch = pytest.importorskip("torch")
    functional = torch.nn.functional
    targets, rows = torch.from_numpy(TARGETS), torch.from_numpy(ROWS)
    for case, theirs in {
        "cross-entropy": lambda y: functional.cross_entropy(y, targets),
        "of probabilities": lambda y: functional.nll_loss(y.log(), targets),
        "euclidean": lambda y: functional.mse_loss(y, rows, reduction="sum") / 10,
        "mse": lambda y: functional.mse_loss(y, rows),
    }.items():
        loss, y, _ = CASES[case]
        tensor = torch.from_numpy(y).requires_grad_()
        expected = theirs(tensor)
        expected.backward()
        value, cache = loss.forward(y, TARGETS)
        assert value == pytest.approx(expected.item(), rel=1e-12)
        np.testing.assert_allclose(loss.backward(cache), tensor.grad.numpy(), rtol=1e-10, atol=1e-14)
