import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError


@pytest.mark.parametrize(
    "make",
    [
        lambda: hg.Linear(0, 3),
        lambda: hg.Linear(3, -1),
        lambda: hg.Linear(3, 2.5),
        lambda: hg.Linear(3, True),
        lambda: hg.Conv2d(0, 3, 3),
        lambda: hg.Conv2d(1, 0, 3),
        lambda: hg.Conv2d(1, 3, 0),
        lambda: hg.Conv2d(1, 3, -1),
        lambda: hg.Conv2d(1, 3, (3, 3, 3)),
        lambda: hg.Conv2d(1, 3, (3, 0)),
        lambda: hg.Conv2d(1, 3, 2.5),
        lambda: hg.Conv2d(1, 3, 3, 0),
        lambda: hg.Conv2d(1, 3, 3, 1, -1),
        lambda: hg.Conv2d(1, 3, 3, 1, (1, 2, 3)),
        lambda: hg.Conv2d(1, 3, 3, 1, "full"),
        lambda: hg.Conv2d(1, 3, 4, 1, "same"),
        lambda: hg.Conv2d(1, 3, (3, 4), 1, "same"),
        lambda: hg.Conv2d(1, 3, 3, 2, "same"),
        lambda: hg.Conv2d(1, 3, 3, groups=0),
        lambda: hg.Conv2d(4, 3, 3, groups=2),
        lambda: hg.Conv2d(3, 4, 3, groups=2),
        lambda: hg.MaxPool2d(0),
        lambda: hg.MaxPool2d((2, 2, 2)),
        lambda: hg.MaxPool2d(2, 0),
        lambda: hg.AvgPool2d(2, padding=-1),
        lambda: hg.PReLU(0),
        lambda: hg.BatchNorm1d(-1),
        lambda: hg.BatchNorm2d(0),
        lambda: hg.Dropout(1.5),
        lambda: hg.Dropout(-0.1),
        lambda: hg.Dropout(float("nan")),
        lambda: hg.Sequential([hg.ReLU()], seed=-1),
        lambda: hg.Sequential([hg.ReLU()], seed=None),
        lambda: hg.Sequential([hg.ReLU()], dtype="int32"),
        lambda: hg.Sequential([hg.ReLU()], dtype="float16"),
        lambda: hg.Sequential([hg.Linear(784, 10)]).summary(784),
        lambda: hg.Sequential([hg.Linear(784, 10)], input_shape=(0,)),
        lambda: hg.Sequential([hg.Linear(784, 10)]).summary(()),
        lambda: hg.Sequential([hg.ReLU]),
        lambda: hg.Sequential(["ReLU()"]),
        lambda: hg.Sequential(hg.Flatten(), hg.Linear(784, 10)),
    ],
)
def test_sizes_that_make_no_sense_are_refused_at_once(make):
    with pytest.raises(ArgumentError) as caught:
        make()
    assert caught.value.expected
    assert caught.value.got


def test_groups_are_refused_when_the_channels_become_known():
    with pytest.raises(ArgumentError, match=r"layer 0, Conv2d\(3, 4, 3, groups=2\): expected groups that"):
        hg.Sequential([hg.Conv2d(None, 4, 3, groups=2)], input_shape=(3, 8, 8))


def test_sizes_may_be_numpys():
    layer = hg.Conv2d(np.int64(1), np.int64(2), np.int64(3), groups=np.int64(1))
    assert layer.output_shape((1, 8, 8)) == (2, 6, 6)


def test_a_class_and_layers_without_a_list_have_a_hint():
    with pytest.raises(
        ArgumentError, match=r"layer 1: expected a layer, got the class ReLU. Hint: write ReLU"
    ):
        hg.Sequential([hg.Flatten(), hg.ReLU])
    with pytest.raises(ArgumentError, match="Hint: give the layers as one list"):
        hg.Sequential(hg.Flatten(), hg.ReLU())


def test_a_layer_with_parameters_may_not_stand_twice_and_one_without_may():
    linear, relu = hg.Linear(3, 3), hg.ReLU()
    hg.Sequential([hg.Linear(3, 3), relu, hg.Linear(3, 3), relu])
    with pytest.raises(
        hg.errors.ArgumentError, match=r"layer 1, Linear.*one that stands in the network before"
    ):
        hg.Sequential([linear, linear])


def test_a_layer_that_hides_a_layer_is_refused():
    class Block(hg.Layer):
        def __init__(self):
            self.inner = hg.Linear(3, 3)

    with pytest.raises(hg.errors.ArgumentError, match="a layer, inner, whose parameters would not be found"):
        hg.Sequential([Block()])
