"""`hg.check` in a notebook: objects on an x, classes and functions on the grid."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.checks import UnrecognisedError
from handgrad.errors import ArgumentError


def numbers(*shape):
    return np.random.default_rng(0).normal(size=shape)


@pytest.mark.parametrize(
    ("layer", "shape"),
    [
        (hg.Conv2d(2, 3, 3, 2, 1), (2, 2, 5, 4)), (hg.Linear(3, 2), (2, 3)), (hg.ReLU(), (2, 3)),
        (hg.MaxPool2d(2), (1, 2, 4, 4)), (hg.AvgPool2d(2), (1, 2, 4, 4)), (hg.BatchNorm2d(2), (3, 2, 2, 2)),
        (hg.Dropout(0.3), (3, 4)), (hg.Softmax(), (3, 4)), (hg.PReLU(), (3, 4)), (hg.Flatten(), (2, 3, 2, 2)),
        (hg.ELU(), (2, 3)), (hg.Sigmoid(), (2, 3)), (hg.Tanh(), (2, 3)), (hg.LeakyReLU(), (2, 3)),
    ],
    ids=repr,
)  # fmt: skip
def test_the_librarys_own_layers_are_right(layer, shape) -> None:
    found = hg.check(layer, numbers(*shape))
    assert found.ok, str(found)
    assert found
    assert "dx" in found.pieces[0].compared
    assert {f"d{name}" for name in layer.parameters()} <= set(found.pieces[0].compared)


@pytest.mark.parametrize(
    ("loss", "x", "targets"),
    [
        (hg.CrossEntropyLoss(), numbers(3, 4), np.array([0, 1, 2])),
        (hg.MSELoss(), numbers(3, 4), numbers(3, 4) + 1),
        (hg.EuclideanLoss(), numbers(3, 4), np.eye(4)[:3]),
    ],
)
def test_losses_with_targets(loss, x, targets) -> None:
    found = hg.check(loss, x, targets)
    assert found.ok, str(found)


class Scale(hg.Layer):
    """A layer of one's own, right or with a mistake."""

    def __init__(self, factor=1.0, sign=1.0):
        self.weight = hg.Parameter(np.array([2.0, 3.0]))
        self.factor, self.sign = factor, sign

    def forward(self, x, *, training=False, rng=None):
        return x * self.weight.value, x

    def backward(self, dy, cache):
        dweight = (dy * cache).sum(axis=0)
        return self.sign * dy * self.weight.value, {"weight": dweight * self.factor}


def test_an_own_layer() -> None:
    assert hg.check(Scale(), numbers(4, 2)).ok
    (found,) = hg.check(Scale(factor=0.25), numbers(4, 2)).findings
    assert (found.what, found.cause) == ("dweight", "gradient-divided-by-batch")
    (found,) = hg.check(Scale(sign=-1), numbers(4, 2)).findings
    assert (found.what, found.cause) == ("dx", "gradient-sign-wrong")


def test_what_is_checked_stays_as_it_was() -> None:
    layer, x = hg.Linear(3, 2), numbers(2, 3)
    before = layer.weight.value.copy(), x.copy(), layer.weight.value.dtype, np.random.get_state()[1][:5]
    hg.check(layer, x)
    np.testing.assert_array_equal(layer.weight.value, before[0])
    np.testing.assert_array_equal(x, before[1])
    assert layer.weight.value.dtype == before[2]
    np.testing.assert_array_equal(np.random.get_state()[1][:5], before[3])


def test_float32_is_lifted_and_said() -> None:
    found = hg.check(hg.Tanh(), numbers(2, 3).astype(np.float32))
    assert found.ok
    assert "float32 was lifted to float64: x" in str(found)


def test_kinks_are_reported_and_no_failure() -> None:
    found = hg.check(hg.ReLU(), np.array([[0.0, 1.0, -1.0, 0.0]]))
    assert found.ok
    assert "2 of 4 numbers of x are at a kink" in str(found)
    assert hg.check(hg.MaxPool2d(2), np.ones((1, 1, 4, 4))).ok


class Cube:
    """Prints, and has its derivative wrong in places only."""

    def forward(self, x):
        print("forward!")
        self.x = x
        return x**3

    def backward(self, dy):
        slope = 3 * self.x**2
        slope[0, 0] += 1
        return dy * slope


def test_a_plain_object_element_by_element(capsys) -> None:
    found = hg.check(Cube(), numbers(2, 2))
    assert capsys.readouterr().out == ""
    (finding,) = found.findings
    assert (finding.operation, finding.what, finding.cause) == ("own", "dx", "unexplained")
    assert "1 of 4 numbers of dx are wrong" in finding.evidence
    shown = finding.shown
    np.testing.assert_array_equal(
        ~np.isclose(shown.got, shown.expected, atol=1e-6), [[True, False], [False, False]]
    )


def test_a_large_array_is_sampled() -> None:
    class Half(Cube):
        def backward(self, dy):
            return dy * 3 * self.x**2 / 2

    (finding,) = hg.check(Half(), numbers(40, 40)).findings
    assert finding.what == "dx"


class Sigmoid:
    """A class, checked on the grid."""

    def forward(self, x):
        self.y = 1 / (1 + np.exp(-x))
        return self.y

    def backward(self, dy):
        return dy * (1 - self.y)


def relu_forward(x):
    return np.maximum(x, 0), x


def relu_backward(dout, cache):
    return dout * (dout > 0)


def test_classes_and_functions() -> None:
    (found,) = hg.check(Sigmoid).findings
    assert (found.operation, found.what, found.cause) == ("sigmoid", "dx", "activation-derivative-wrong")
    assert found.text == "return dy * (1 - self.y)"
    assert __file__.endswith(found.file.rpartition("/")[2])
    (found,) = hg.check(relu_forward).findings
    assert found.cause == "relu-mask-from-gradient"
    assert found.line == relu_backward.__code__.co_firstlineno + 1


def test_mistakes_of_its_user() -> None:
    class Thing:
        def forward(self, x):
            return x

    with pytest.raises(ArgumentError, match="forward and backward"):
        hg.check(Thing(), numbers(2, 2))
    with pytest.raises(ArgumentError, match=r"check\(relu, x\)"):
        hg.check(hg.ReLU())
    with pytest.raises(ArgumentError, match="a class with x"):
        hg.check(Sigmoid, numbers(2, 2))
    with pytest.raises(ArgumentError, match="hw4"):
        hg.check(Sigmoid, course="hw4")
    with pytest.raises(UnrecognisedError) as told:
        hg.check(Thing)
    lines = told.value.hint.splitlines()
    assert len(lines) == 4
    assert "def conv2d_backward(dy, x, weight, bias, stride, padding)" in lines[2]
