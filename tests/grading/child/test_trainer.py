import types

import numpy as np
import pytest

from handgrad.grading.child.trainer import InterfaceError, Trainer, maps, member, number, one_hot, two


def test_the_seed_decides_what_is_drawn_first():
    draws = []
    for seed in (3, 3, 4):
        Trainer(None, {"seed": seed})
        draws.append(np.random.rand())
    assert draws[0] == draws[1] != draws[2]


def test_a_name_that_the_module_lacks_is_told():
    module = types.SimpleNamespace(there=5)
    assert member(lambda name: module, "hw5", "there") == 5
    with pytest.raises(
        InterfaceError, match=r"^hw5\.py has no nn_mnist_classifier, which the course asks for"
    ):
        member(lambda name: module, "hw5", "nn_mnist_classifier")


@pytest.mark.parametrize(("result", "words"), [(None, "None"), (1.5, "a float"), ((1, 2, 3), "a tuple")])
def test_what_is_not_two_values_is_told(result, words):
    with pytest.raises(InterfaceError, match=rf"^f\(x\) returned {words}, not a and b\.$"):
        two(result, "f(x)", "a and b")
    assert two([1, 2], "f(x)", "a and b") == (1, 2)


def test_losses_of_every_kind_are_numbers():
    assert number(np.float64(0.5)) == number([[0.5]]) == number(np.array([0.25, 0.75])) == 0.5
    assert all(np.isnan(number(loss)) for loss in (None, "much", object(), float("nan")))


def test_images_and_labels():
    x = np.array([[[0, 51], [102, 255]]], np.uint8)
    assert maps(x).tolist() == [[[[0, 0.2], [0.4, 1]]]]
    assert one_hot(np.array([2, 0])).argmax(axis=1).tolist() == [2, 0]
    assert one_hot(np.array([2, 0])).sum() == 2
