import numpy as np
import pytest

from handgrad.courses.project3 import jacobians
from handgrad.courses.project3.jacobians import SYMBOLS, central_differences, check_jacobians, formulas
from handgrad.courses.project3.mlp import MLP, one_hot


@pytest.fixture
def image():
    return np.random.default_rng(3).random(784)


@pytest.fixture
def net(image):
    np.random.seed(5)
    net = MLP()
    net.forward(image)
    return net


def test_central_differences_of_a_polynomial():
    at = np.array([[1.0, 2.0], [3.0, -1.0]])
    before = at.copy()
    found = central_differences(
        lambda v: np.array([v[0, 0] * v[1, 0], v[1, 1] ** 2]), at, np.array([0, 2, 3])
    )
    np.testing.assert_allclose(found, [[3, 1, 0], [0, 0, -2]], atol=1e-8)
    np.testing.assert_array_equal(at, before)


def test_every_element_of_the_large_jacobians(net, image):
    """Element by element as the report says: row by row, δⁱʲ times the input."""
    found = formulas(net, one_hot(np.array(2)))
    for name, inputs, outputs in (("da2/dW2", net.f1, 10), ("da1/dW1", image, 64)):
        matrix = found[name]
        assert matrix.shape == (outputs, outputs * len(inputs))
        for i in range(outputs):
            for j in range(outputs):
                block = matrix[i, j * len(inputs) : (j + 1) * len(inputs)]
                np.testing.assert_array_equal(block, inputs if i == j else 0)


def test_the_chain_ends_in_the_document_s_formula(net):
    y = one_hot(np.array(7))
    found = formulas(net, y)
    np.testing.assert_allclose(found["dL/dy_hat"] @ found["dy_hat/da2"], (net.y_hat - y)[None], atol=1e-12)
    np.testing.assert_allclose(found["dL/da2"], (net.y_hat - y)[None])


def test_formula_and_differences_agree(image):
    found = check_jacobians(image, 4, seed=1, columns=40)
    assert [row["name"] for row in found["rows"]] == list(SYMBOLS)
    assert [row["columns"] for row in found["rows"]] == [10, 10, 10, 10, 640, 64, 64, 64, 50176]
    assert [row["compared"] for row in found["rows"]] == [10, 10, 10, 10, 40, 40, 40, 40, 40]
    assert max(row["difference"] for row in found["rows"]) < 1e-6
    for row in found["rows"]:
        assert row["formula"] == pytest.approx(row["quotient"], abs=1e-6)
        assert row["formula"] != 0
    for row in found["gradients"]:
        assert row["product"] < 1e-14
        assert row["difference"] < 1e-8
        assert row["largest"] > 0


def test_a_wrong_formula_is_seen(image, monkeypatch):
    right = formulas

    def wrong(net, y):
        return right(net, y) | {"df1/da1": np.diag(net.f1)}

    monkeypatch.setattr(jacobians, "formulas", wrong)
    found = {row["name"]: row["difference"] for row in check_jacobians(image, 4, seed=1, columns=64)["rows"]}
    assert found.pop("df1/da1") > 0.01
    assert max(found.values()) < 1e-6
