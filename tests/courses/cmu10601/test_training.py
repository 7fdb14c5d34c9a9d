import copy

import numpy as np
import pytest

from handgrad.courses.cmu10601.cnn_lenet import get_lr, sgd_momentum
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.cmu10601.made import frozen


def made():
    rng = np.random.default_rng(0)
    return [
        {
            1: {"w": rng.normal(size=(3, 2)), "b": rng.normal(size=2)},
            2: {"w": np.array([]), "b": np.array([])},
        }
        for _ in range(3)
    ]


def test_the_rate_by_hand():
    assert get_lr(0, 0.01, 0.0001, 0.75) == 0.01
    assert get_lr(10000, 0.01, 0.0001, 0.75) == pytest.approx(0.01 / 2**0.75)
    assert get_lr(30000, 0.01, 0.0001, 0.5) == pytest.approx(0.005)


@pytest.mark.parametrize("mu", [0.9, 0.0])
def test_the_update_number_by_number(mu):
    params, winc, grad = made()
    params_, winc_ = sgd_momentum(0.5, 0.25, mu, 0.125, params, winc, grad)
    for name, rate, decay in (("w", 0.5, 0.125), ("b", 0.25, 0.0)):
        for index in np.ndindex(params[1][name].shape):
            old = params[1][name][index]
            theta = mu * winc[1][name][index] + rate * (grad[1][name][index] + decay * old)
            assert winc_[1][name][index] == pytest.approx(theta, abs=1e-15)
            assert params_[1][name][index] == pytest.approx(old - theta, abs=1e-15)
    assert params_[2]["w"].shape == winc_[2]["b"].shape == (0,)


def test_its_arguments_are_not_changed_and_not_shared():
    arguments = made()
    before = copy.deepcopy(arguments)
    frozen(*arguments)
    params_, winc_ = sgd_momentum(0.5, 0.25, 0.9, 0.125, *arguments)
    for now, then in zip(arguments, before, strict=True):
        assert all(np.array_equal(now[i][name], then[i][name]) for i in now for name in "wb")
    for new in (params_, winc_):
        new[1]["w"] += 1  # new arrays, which may be written to
        assert not any(np.shares_memory(new[1]["w"], old[1]["w"]) for old in arguments)


def test_mistakes_are_named():
    params, winc, grad = made()
    with pytest.raises(ShapeError, match=r"'w' of entry 1 shaped as the parameter, \(3, 2\), got \(2, 3\)"):
        sgd_momentum(0.5, 0.5, 0.9, 0, params, winc, grad | {1: grad[1] | {"w": np.zeros((2, 3))}})
    with pytest.raises(ArgumentError, match="an entry 2 in params, param_winc and param_grad"):
        sgd_momentum(0.5, 0.5, 0.9, 0, params, {1: winc[1]}, grad)
    with pytest.raises(ArgumentError, match="an entry 1 with the key 'b'"):
        sgd_momentum(0.5, 0.5, 0.9, 0, params, winc, grad | {1: {"w": grad[1]["w"]}})
