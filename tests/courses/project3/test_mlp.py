import math

import numpy as np
import pytest

from handgrad.courses import project3
from handgrad.courses.project3 import MLP, CrossEntropy, one_hot, sigmoid, softmax
from handgrad.errors import DataError, ShapeError


@pytest.fixture
def rng():
    return np.random.default_rng(7)


@pytest.fixture
def net():
    np.random.seed(11)
    return MLP()


def loss_by_hand(net: MLP, x, y) -> float:
    """Σ over the examples of −log ŷ at the label, in loops of plain Python floats."""
    total = 0.0
    for image, truth in zip(np.atleast_2d(x), np.atleast_2d(y), strict=True):
        hidden = [
            1 / (1 + math.exp(-(float(np.dot(row, image)) + b)))
            for row, b in zip(net.W1, net.b1, strict=True)
        ]
        scores = [float(np.dot(row, hidden)) + b for row, b in zip(net.W2, net.b2, strict=True)]
        total -= scores[int(truth.argmax())] - math.log(sum(map(math.exp, scores)))
    return total


def test_first_values_come_from_numpy_s_global_numbers(net):
    np.random.seed(11)
    np.testing.assert_array_equal(net.W1, np.random.normal(0, 0.1, (64, 784)))
    np.testing.assert_array_equal(net.W2, np.random.normal(0, 0.1, (10, 64)))
    np.testing.assert_array_equal(net.b1, np.zeros(64))
    np.testing.assert_array_equal(net.b2, np.zeros(10))
    assert net.W1.dtype == net.b1.dtype == np.float64
    assert net.W1.std() == pytest.approx(0.1, rel=0.02)


def test_forward_keeps_everything_on_the_way(net, rng):
    x = rng.random(784)
    net.b1, net.b2 = rng.normal(size=64), rng.normal(size=10)
    y_hat = net.forward(x)
    np.testing.assert_allclose(net.W1x, np.einsum("hi,i->h", net.W1, x))
    np.testing.assert_allclose(net.a1, net.W1x + net.b1)
    np.testing.assert_allclose(net.f1, [1 / (1 + math.exp(-a)) for a in net.a1])
    np.testing.assert_allclose(net.W2x, np.einsum("kh,h->k", net.W2, net.f1))
    np.testing.assert_allclose(net.a2, net.W2x + net.b2)
    exponentials = [math.exp(a) for a in net.a2]
    np.testing.assert_allclose(y_hat, np.array(exponentials) / sum(exponentials))
    assert y_hat is net.y_hat
    assert net.x is x
    shapes = [getattr(net, name).shape for name in ("x", "W1x", "a1", "f1", "W2x", "a2", "y_hat")]
    assert shapes == [(784,), (64,), (64,), (64,), (10,), (10,), (10,)]
    assert y_hat.dtype == np.float64


def test_a_batch_is_its_images_one_by_one(net, rng):
    x = rng.random((5, 784)).astype(np.float32)
    before = x.copy()
    together = net.forward(x)
    assert together.shape == (5, 10)
    assert together.dtype == np.float64
    np.testing.assert_allclose(together, [net.forward(image) for image in x], rtol=1e-12)
    np.testing.assert_array_equal(x, before)


@pytest.mark.parametrize("kind", [np.uint8, np.int64])
def test_whole_numbers_are_images_too(net, kind):
    x = np.arange(784).reshape(1, 784) % 3
    np.testing.assert_allclose(net.forward(x.astype(kind)), net.forward(x.astype(float)))


def test_the_gradient_is_the_sum_over_the_batch(net, rng):
    x, y = rng.random((3, 784)), one_hot(np.array([4, 0, 9]))
    net.forward(x)
    net.update_grad(y)
    step = 1e-6
    for name, places in (
        ("W1", [(0, 0), (63, 783), (5, 400)]),
        ("b1", [(0,), (40,)]),
        ("W2", [(0, 0), (9, 63)]),
    ):
        value, gradient = getattr(net, name), getattr(net, f"{name}_grad")
        assert gradient.shape == value.shape
        for place in places:
            kept = value[place]
            value[place] = kept + step
            above = loss_by_hand(net, x, y)
            value[place] = kept - step
            below = loss_by_hand(net, x, y)
            value[place] = kept
            assert gradient[place] == pytest.approx((above - below) / (2 * step), abs=1e-7)
    np.testing.assert_allclose(net.b2_grad, np.sum(net.y_hat - y, axis=0))


def test_gradients_are_added_until_they_are_reset(net, rng):
    x, y = rng.random((4, 784)), one_hot(np.array([1, 2, 3, 3]))
    net.forward(x)
    net.update_grad(y)
    together = {name: getattr(net, f"{name}_grad").copy() for name in ("W1", "b1", "W2", "b2")}
    net.reset_grad()
    sums = [net.W1_grad, net.b1_grad, net.W2_grad, net.b2_grad]
    assert [(type(total), total) for total in sums] == 4 * [(int, 0)]  # the number, as in the template
    for image, truth in zip(x, y, strict=True):
        net.forward(image)
        net.update_grad(truth)
    for name, gradient in together.items():
        np.testing.assert_allclose(getattr(net, f"{name}_grad"), gradient, rtol=1e-10, atol=1e-14)


def test_an_update_makes_new_arrays(net, rng):
    before = {name: (getattr(net, name), getattr(net, name).copy()) for name in ("W1", "b1", "W2", "b2")}
    net.forward(rng.random(784))
    y = one_hot(np.array(5))
    net.update_grad(y)
    net.update_params(0.01)
    for name, (array, copy) in before.items():
        np.testing.assert_array_equal(array, copy)
        np.testing.assert_allclose(getattr(net, name), copy - 0.01 * getattr(net, f"{name}_grad"))


def test_an_update_without_gradients_changes_nothing(net):
    before = net.b1.copy(), net.W2.copy()
    net.reset_grad()
    net.update_params(0.5)
    np.testing.assert_array_equal(net.b1, before[0])
    np.testing.assert_array_equal(net.W2, before[1])


def test_a_subclass_may_add_rows_of_gradients_as_the_template_s_students_do(net, rng):
    """The template's update_params straightens bias gradients of shape (1, 10)."""
    net.forward(rng.random(784))
    net.b2_grad = net.b2_grad + (net.y_hat - one_hot(np.array(3)))[None]
    net.update_params(1.0)
    np.testing.assert_allclose(net.b2, one_hot(np.array(3)) - net.y_hat)


def test_smoothed_labels_have_their_gradient(net, rng):
    y = 0.9 * one_hot(np.array([2])) + 0.01
    net.forward(rng.random((1, 784)))
    net.update_grad(y)
    np.testing.assert_allclose(net.b2_grad, (net.y_hat - y)[0])


def test_helpers_by_hand():
    np.testing.assert_allclose(softmax(np.log([1.0, 2.0, 5.0])), [0.125, 0.25, 0.625])
    np.testing.assert_allclose(softmax(np.log([[1.0, 3.0], [4.0, 4.0]])), [[0.25, 0.75], [0.5, 0.5]])
    np.testing.assert_allclose(softmax(np.log([[1.0], [3.0]])), [[0.25], [0.75]])
    np.testing.assert_allclose(softmax([1000, 1000]), [0.5, 0.5])
    np.testing.assert_allclose(sigmoid([-1000, 0, math.log(3)]), [0, 0.5, 0.75])
    assert CrossEntropy(np.array([0.5, 0.25, 0.25]), np.array([0, 1, 0])) == pytest.approx(math.log(4))
    rows = np.array([[0.5, 0.5], [0.125, 0.875]])
    assert CrossEntropy(rows, np.array([[1, 0], [1, 0]])) == pytest.approx(math.log(2) + math.log(8))
    assert CrossEntropy(np.array([1.0, 0.0]), np.array([1, 0])) == 0
    np.testing.assert_array_equal(one_hot(np.array([9, 0], np.uint8)), np.eye(10)[[9, 0]])
    assert one_hot(3).tolist() == [0, 0, 0, 1, 0, 0, 0, 0, 0, 0]


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (
            lambda net: net.forward(np.zeros((28, 28))),
            r"MLP.forward: expected x of shape \(784,\) or \(N, 784\)",
        ),
        (lambda net: net.forward(np.zeros((784, 1))), r"got \(784, 1\)"),
        (lambda net: net.update_grad(np.zeros(10)), r"MLP.update_grad: expected a forward\(x\) before it"),
        (
            lambda net: (net.forward(np.zeros(784)), net.update_grad(3)),
            r"expected y of y_hat's shape, \(10,\)",
        ),
        (
            lambda net: CrossEntropy(np.ones(10), np.ones((1, 10))),
            r"CrossEntropy: expected y of y_hat's shape",
        ),
    ],
)
def test_a_wrong_shape_names_the_right_one(net, wrong, message):
    with pytest.raises(ShapeError, match=message):
        wrong(net)


@pytest.mark.parametrize("labels", [[10], [-1], [0.5], ["3"]])
def test_only_digits_are_labels(labels):
    with pytest.raises(DataError, match="one_hot: expected whole numbers from 0 to 9"):
        one_hot(np.array(labels))


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="RNN"):
        _ = project3.RNN
