"""A training that leaves the finite numbers stops at that step, says where, and has changed nothing."""

import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import NonFiniteError
from tests.engine.engine_cases import make_data, make_net, make_run, same

X, TARGETS = hg.batch(make_data(), range(20))


def stopped(run, x=X, targets=TARGETS):
    """The error of a step that must fail and must leave everything as it was."""
    before = run.state()
    with pytest.raises(NonFiniteError) as caught:
        run.train_step(x, targets)
    assert same(run.state(), before)
    return str(caught.value)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_pixel_that_is_no_number(value):
    x = X.copy()
    x[7, 0, 3, 3] = value
    run = make_run()
    run.train_step(X, TARGETS)
    assert stopped(run, x) == (
        "step 2: expected finite inputs, got a NaN or an infinity in image 7 of the batch. "
        "Hint: look at the data and their normalisation."
    )
    assert make_run().train_step(X, TARGETS).count == 20  # and training goes on


def test_training_goes_on_after_a_bad_batch_as_if_it_had_not_been():
    run, plain = make_run(), make_run()
    for each in (run, plain):
        each.train_step(X, TARGETS)
    stopped(run, np.full_like(X, np.nan))
    assert run.train_step(X, TARGETS) == plain.train_step(X, TARGETS)
    assert same(run.state(), plain.state())


def test_an_exploding_learning_rate():
    run = make_run(
        hg.Sequential([hg.Flatten(), hg.Linear(64, 9), hg.ReLU(), hg.Linear(9, 3)]), hg.SGD(lr=1e20)
    )
    steps, text = 0, ""
    while not text and steps < 10:
        before = run.state()
        try:
            run.train_step(X, TARGETS)
        except NonFiniteError as error:
            text = str(error)
        else:
            steps += 1
    assert 0 < steps < 10
    assert run.step_count == steps
    assert same(run.state(), before)
    assert text.startswith(f"step {steps + 1}: expected finite numbers, got NaN or infinity first in the ")
    assert "Hint: try a lower learning rate or gradient clipping" in text


def rows(*layers):
    return make_run(hg.Sequential(layers), hg.SGD(lr=0.1))


def test_activations_that_overflow_name_their_layer():
    run = rows(hg.Flatten(), hg.Linear(64, 9), hg.Linear(9, 9), hg.Linear(9, 3))
    run.network[2].weight.value[...] = 3e38
    run.network[1].bias.value[...] = 9
    assert "first in the activations of layer 2, Linear(9, 9)." in stopped(run)
    run.network[1].weight.value[0, 0] = np.nan
    assert "first in the activations of layer 1, Linear(64, 9)." in stopped(run)


def test_a_loss_that_overflows():
    run = make_run(hg.Sequential([hg.Flatten(), hg.Linear(64, 3)]), hg.SGD(), loss=hg.MSELoss())
    run.network[1].bias.value[...] = 1e30
    assert "first in the loss, of finite activations." in stopped(run)


class Steep(hg.Layer):
    """The identity, whose gradients are what the test wants them to be."""

    def __init__(self, dx=1.0, dweight=0.0):
        self.factors = dx, dweight
        self.weight = hg.Parameter([1.0])

    def forward(self, x, *, training=False, rng=None):
        return x, None

    def backward(self, dy, cache):
        dx, dweight = self.factors
        return dy * np.float32(dx), {"weight": np.full(1, dweight, "f")}

    def __repr__(self):
        return "Steep()"


@pytest.mark.filterwarnings("ignore::handgrad.errors.EngineWarning")
def test_gradients_that_overflow_name_their_layer():
    first = hg.Flatten(), hg.Linear(64, 9)
    run = rows(*first, Steep(dx=np.inf), hg.Linear(9, 3))
    assert "first in the gradient of x of layer 2, Steep()." in stopped(run)
    run = rows(*first, Steep(dweight=np.nan), hg.Linear(9, 3))
    assert "first in the gradient of weight of layer 2, Steep()." in stopped(run)
    run = rows(*first, Steep(dx=np.inf), Steep(), Steep(dweight=np.inf), hg.Linear(9, 3))
    assert "first in the gradient of weight of layer 4, Steep()." in stopped(run)


def test_a_product_of_finite_numbers_that_overflows_on_the_way_back():
    """Activations and loss are finite; x, the weights and dy are large, and their products are not."""
    net = hg.Sequential([hg.Flatten(), hg.Linear(64, 2), hg.Linear(2, 2), hg.Linear(2, 3)])
    run = make_run(net, hg.SGD(), loss=hg.MSELoss())
    for layer in net[1:]:
        layer.weight.value[...] = 0
        layer.bias.value[...] = 0
    net[2].weight.value[...] = 1e38
    net[3].weight.value[...] = 1e18
    targets = np.full((20, 3), 1e18, "f")
    assert np.isfinite(make_run(net, hg.SGD(), loss=hg.MSELoss()).predict(X)).all()
    text = stopped(run, X, targets)
    assert "first in the gradient of x of layer 2, Linear(2, 2)." in text


@pytest.mark.filterwarnings("ignore:no kernel for the loss")
def test_a_gradient_of_the_loss_that_is_infinite():
    class Sharp:
        def forward(self, y, targets):
            return 1.0, y

        def backward(self, cache):
            return np.full_like(cache, np.inf)

    assert "first in the gradient of the loss." in stopped(make_run(loss=Sharp()))


def test_batch_norms_statistics_are_not_spoilt():
    run = make_run(make_net(dropout=0.0))
    run.network[0].weight.value[...] = 2e38
    assert "the activations of layer" in stopped(run)
    assert np.isfinite(run.network[1].running_mean.value).all()
    assert int(run.network[1].num_batches_tracked.value) == 0
