from math import prod, sqrt

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ArgumentError, RecipeError
from handgrad.nn import layers_from_text

CONV, DENSE = (60, 20, 5, 5), (300, 500)
FAN_IN, FAN_OUT = {CONV: 500, DENSE: 500}, {CONV: 1500, DENSE: 300}  # counted by hand


def uniform(bound):
    return -bound, bound, 0.0, bound / sqrt(3)


def normal(std, mean=0.0):
    return -np.inf, np.inf, mean, std


# initialiser: for a shape, the bounds, the mean and the deviation that its formula promises
PROMISES = {
    hg.Uniform(): lambda s: (0, 1, 0.5, 1 / sqrt(12)),
    hg.Uniform(-2, 4): lambda s: (-2, 4, 1, 6 / sqrt(12)),
    hg.Normal(): lambda s: normal(1),
    hg.Normal(3, 0.1): lambda s: normal(0.1, 3),
    hg.XavierUniform(): lambda s: uniform(sqrt(6 / (FAN_IN[s] + FAN_OUT[s]))),
    hg.XavierUniform(2.0): lambda s: uniform(2 * sqrt(6 / (FAN_IN[s] + FAN_OUT[s]))),
    hg.XavierNormal(): lambda s: normal(sqrt(2 / (FAN_IN[s] + FAN_OUT[s]))),
    hg.XavierNormal(5 / 3): lambda s: normal(5 / 3 * sqrt(2 / (FAN_IN[s] + FAN_OUT[s]))),
    hg.KaimingUniform(): lambda s: uniform(sqrt(6 / FAN_IN[s])),
    hg.KaimingUniform(a=sqrt(5)): lambda s: uniform(sqrt(1 / FAN_IN[s])),
    hg.KaimingUniform(mode="fan_out", nonlinearity="linear"): lambda s: uniform(sqrt(3 / FAN_OUT[s])),
    hg.KaimingNormal(): lambda s: normal(sqrt(2 / FAN_IN[s])),
    hg.KaimingNormal(mode="fan_out", nonlinearity="relu"): lambda s: normal(sqrt(2 / FAN_OUT[s])),
    hg.KaimingNormal(nonlinearity="tanh"): lambda s: normal(5 / 3 / sqrt(FAN_IN[s])),
    hg.KaimingNormal(nonlinearity="sigmoid"): lambda s: normal(1 / sqrt(FAN_IN[s])),
    hg.InputMapUniform(): lambda s: uniform(sqrt(3 / (20 * 12 * 12))),
}


@pytest.mark.parametrize("shape", [CONV, DENSE])
@pytest.mark.parametrize("initialiser", PROMISES, ids=repr)
def test_statistics_are_those_of_the_formula(initialiser, shape):
    low, high, mean, std = PROMISES[initialiser](shape)
    drawn = initialiser(shape, np.random.default_rng(1), (20, 12, 12))
    assert drawn.shape == shape
    assert low <= drawn.min()
    assert drawn.max() <= high
    assert drawn.mean() == pytest.approx(mean, abs=6 * std / sqrt(prod(shape)))  # six standard errors
    assert drawn.std() == pytest.approx(std, rel=0.02)
    if np.isfinite(low):  # the bounds are reached, not only kept
        assert drawn.min() < low + 0.001 * (high - low)
        assert drawn.max() > high - 0.001 * (high - low)
    else:  # the shape of a bell: 68% within one deviation
        assert np.mean(abs(drawn - mean) < std) == pytest.approx(0.6827, abs=0.01)


def test_constant():
    assert (hg.Constant(0.25)((3, 4), np.random.default_rng(0)) == 0.25).all()
    assert (hg.Constant()((3, 4), np.random.default_rng(0)) == 0).all()


@pytest.mark.parametrize("initialiser", PROMISES, ids=repr)
def test_the_generator_alone_decides(initialiser):
    first, same, other = (initialiser((6, 7), np.random.default_rng(s), (3, 8, 8)) for s in (1, 1, 2))
    np.testing.assert_array_equal(first, same)
    assert (first != other).all()


def test_layers_draw_from_the_initialisers_that_they_are_given():
    net = hg.Sequential(
        [hg.Conv2d(1, 20, 5, weight_init=hg.InputMapUniform(), bias_init=hg.Constant(0.5)), hg.Flatten(),
         hg.Linear(None, 50, weight_init=hg.InputMapUniform(), bias_init=hg.Normal(7, 0.1))],
        input_shape=(1, 28, 28),
    )  # fmt: skip
    assert abs(net[0].weight.value).max() <= sqrt(3 / 784)
    assert abs(net[0].weight.value).max() > 0.95 * sqrt(3 / 784)
    assert (net[0].bias.value == 0.5).all()
    assert 0.99 * sqrt(3 / 11520) < abs(net[2].weight.value).max() <= sqrt(3 / 11520)
    assert net[2].bias.value.mean() == pytest.approx(7, abs=0.1)


def test_the_input_map_must_be_known():
    net = hg.Sequential([hg.Conv2d(1, 2, 3, weight_init=hg.InputMapUniform())])
    with pytest.raises(
        ArgumentError, match=r"InputMapUniform: expected .* input shape .*Sequential\(\.\.\., inp"
    ):
        net.state_dict()
    y, _ = net.forward(np.ones((1, 1, 9, 9), "f"))  # the first batch tells it
    assert y.shape == (1, 2, 7, 7)
    assert abs(net[0].weight.value).max() <= sqrt(3 / 81)


def test_words_that_no_initialiser_knows():
    for wrong in (hg.KaimingNormal(mode="fan_avg"), hg.KaimingUniform(nonlinearity="swish")):
        with pytest.raises(ArgumentError, match="initialiser: expected"):
            wrong((3, 4), np.random.default_rng(0))
    with pytest.raises(RecipeError):
        layers_from_text(["Linear(3, 4, weight_init=Kaiming())"])


@pytest.mark.torch
@pytest.mark.parametrize("shape", [CONV, DENSE])
def test_bounds_and_deviations_are_torchs(shape):
    torch = pytest.importorskip("torch")
    init = torch.nn.init
    for ours, theirs in [
        (hg.XavierUniform(1.5), lambda t: init.xavier_uniform_(t, 1.5)),
        (hg.XavierNormal(0.5), lambda t: init.xavier_normal_(t, 0.5)),
        (hg.KaimingUniform(0.3), lambda t: init.kaiming_uniform_(t, 0.3)),
        (hg.KaimingNormal(0.0, "fan_out", "tanh"), lambda t: init.kaiming_normal_(t, 0, "fan_out", "tanh")),
    ]:
        drawn = theirs(torch.empty(shape, dtype=torch.float64)).numpy()
        mine = ours(shape, np.random.default_rng(0))
        assert mine.std() == pytest.approx(drawn.std(), rel=0.02)
        if "Uniform" in repr(ours):
            assert abs(mine).max() == pytest.approx(abs(drawn).max(), rel=1e-3)
