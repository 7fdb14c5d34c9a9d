import numpy as np
import pytest

import handgrad as hg
from handgrad import ops
from handgrad.errors import DataError, ShapeError, WeightsError
from handgrad.optim import Schedule
from tests.engine.engine_cases import make_data, make_net, same
from tests.engine.engine_cases import make_run as make_any_run

DATA = make_data()
X, TARGETS = hg.batch(DATA, range(20))


def make_run(net=None, optimizer=None, **options):
    return make_any_run(net, optimizer, engine="reference", **options)


def test_a_step_is_what_the_ops_make_of_it():
    """The whole step written out with ops: LeNet's kinds of layers, momentum and weight decay."""
    net = hg.Sequential(
        [hg.Conv2d(1, 4, 3, padding=1), hg.MaxPool2d(2), hg.ReLU(), hg.Flatten(), hg.Linear(64, 3)], seed=5
    )
    run = make_run(net, hg.SGD(lr=0.1, momentum=0.9, weight_decay=0.01))
    w1, b1, w2, b2 = (value.copy() for value in net.state_dict().values())
    velocity = [np.zeros_like(array) for array in (w1, b1, w2, b2)]
    for _ in range(3):
        y1, c1 = ops.conv2d_forward(X, w1, b1, padding=1)
        y2, c2 = ops.max_pool2d_forward(y1, 2)
        y3, c3 = ops.relu_forward(y2)
        logits, c4 = ops.linear_forward(y3.reshape(20, 64), w2, b2)
        loss, c5 = ops.cross_entropy_forward(logits, TARGETS)
        d4, dw2, db2 = ops.linear_backward(ops.cross_entropy_backward(1.0, c5), c4)
        d1 = ops.max_pool2d_backward(ops.relu_backward(d4.reshape(y3.shape), c3), c2)
        _, dw1, db1 = ops.conv2d_backward(d1, c1)
        step = run.train_step(X, TARGETS)
        assert step.loss == loss
        assert step.correct == (logits.argmax(axis=1) == TARGETS).sum()
        assert (step.count, step.lr) == (20, 0.1)
        for w, dw, v in zip((w1, b1, w2, b2), (dw1, db1, dw2, db2), velocity, strict=True):
            v *= np.float32(0.9)
            v += dw + np.float32(0.01) * w
            w -= np.float32(0.1) * v
    for mine, value in zip((w1, b1, w2, b2), net.state_dict().values(), strict=True):
        np.testing.assert_allclose(value, mine, rtol=1e-6, atol=1e-8)
    assert run.step_count == 3


@pytest.mark.parametrize("count", [1, 249, 250, 251, 600])
def test_predicting_in_chunks_is_predicting_at_once(count):
    net = make_net(dtype=np.float64)
    x = np.random.default_rng(0).normal(size=(count, 1, 8, 8))
    predicted = make_run(net).predict(x)
    assert predicted.shape == (count, 3)
    np.testing.assert_allclose(predicted, net.forward(x)[0], rtol=1e-12, atol=1e-14)


@pytest.mark.parametrize("layers", [make_net().layers, [hg.Flatten(), hg.Linear(None, 3)]])
def test_no_images_no_predictions(layers):
    predicted = make_run(hg.Sequential(layers)).predict(np.zeros((0, 1, 8, 8), "f"))
    assert predicted.shape == (0, 3)
    assert predicted.dtype == np.float32


@pytest.mark.parametrize("what", ["train_step", "gradients"])
def test_no_images_no_step(what):
    run = make_run()
    with pytest.raises(ShapeError, match="at least one image"):
        getattr(run, what)(X[:0], TARGETS[:0])
    with pytest.raises(ShapeError, match="at least one image"):
        run.activations(X[:0])


def test_predicting_is_evaluation_mode_and_changes_nothing():
    run = make_run()
    run.train_step(X, TARGETS)
    before = run.state()
    np.testing.assert_array_equal(run.predict(X), run.predict(X))
    assert same(run.state(), before)


def test_activations_are_every_layers_output():
    run = make_run()
    run.train_step(X, TARGETS)
    before, found, x = run.state(), run.activations(X), X
    assert len(found) == len(run.network)
    for layer, activation in zip(run.network, found, strict=True):
        x, _ = layer.forward(x, training=False)
        np.testing.assert_array_equal(activation, x)
    assert same(run.state(), before)


def test_gradients_are_those_of_the_step_and_leave_no_trace():
    """The gradient that SGD with a rate of 1 subtracts; asked for first, in between and twice."""
    run, plain = make_run(optimizer=hg.SGD(lr=1.0)), make_run(optimizer=hg.SGD(lr=1.0))
    for _ in range(3):
        before = run.state()
        gradients = run.gradients(X, TARGETS)
        again = run.gradients(X, TARGETS)
        assert same(gradients, again)
        assert same(run.state(), before)
        run.train_step(X, TARGETS)
        plain.train_step(X, TARGETS)
        for name, gradient in gradients.items():
            expected = before[f"network/{name}"] - gradient
            np.testing.assert_array_equal(run.network.state_dict()[name], expected)
    assert same(run.state(), plain.state())
    assert int(run.network[1].num_batches_tracked.value) == 3


def test_gradients_leave_no_trace_when_they_fail():
    run = make_run()
    before = run.state()
    for call in (run.gradients, run.train_step):
        with pytest.raises(DataError, match="targets from 0 to 2"):
            call(X, TARGETS + 1)
        assert same(run.state(), before)


def test_gradients_are_those_before_clipping():
    clipped, plain = make_run(clip=hg.ClipGradValue(1e-4)), make_run()
    assert same(clipped.gradients(X, TARGETS), plain.gradients(X, TARGETS))
    start = clipped.network.state_dict()
    sgd = make_run(optimizer=hg.SGD(lr=1.0), clip=hg.ClipGradValue(1e-4))
    sgd.train_step(X, TARGETS)
    for name in sgd.network.parameters():
        assert abs(sgd.network.state_dict()[name] - start[name]).max() <= 1.1e-4


def test_the_schedule_is_told_the_step_and_the_total():
    asked = []

    class Spy(Schedule):
        def _rate(self, step, base_lr, total_steps):
            asked.append((step, base_lr, total_steps))
            return base_lr / (step + 1)

    run = make_run(optimizer=hg.SGD(lr=0.6), schedule=Spy())
    rates = [run.train_step(X, TARGETS).lr]
    run.begin(2)
    rates += [run.train_step(X, TARGETS).lr for _ in range(2)]
    assert asked == [(0, 0.6, None), (0, 0.6, 2), (1, 0.6, 2)]  # a training that begins begins at 0
    assert rates == [0.6, 0.6, 0.3]


def test_the_schedules_rate_is_the_one_that_is_walked():
    rates = [0.5, 0.0, 2.0]
    run = make_run(make_net(dtype=np.float64), hg.SGD(lr=1.0), schedule=hg.LambdaLR(lambda step: rates[step]))
    x = X.astype(np.float64)
    for rate in rates:
        before, gradients = run.network.state_dict(), run.gradients(x, TARGETS)
        assert run.train_step(x, TARGETS).lr == rate
        for name, gradient in gradients.items():
            after = run.network.state_dict()[name]
            np.testing.assert_allclose(after, before[name] - rate * gradient, rtol=1e-12, atol=1e-15)


def test_a_resumed_training_keeps_its_place_in_the_schedule():
    options = {"optimizer": hg.SGD(lr=0.5), "schedule": hg.OneCycleLR(0.5)}
    whole, first, second = (make_run(**options) for _ in range(3))
    for run in (whole, first, second):
        run.begin(6)
    rates = [whole.train_step(X, TARGETS).lr for _ in range(6)]
    found = [first.train_step(X, TARGETS).lr for _ in range(3)]
    second.load_state(first.state())
    assert found + [second.train_step(X, TARGETS).lr for _ in range(3)] == rates
    assert same(second.state(), whole.state())


def test_averaged_weights():
    net = make_net()
    run, history = make_run(net, average=hg.StochasticWeightAverage()), []
    for _ in range(4):
        run.train_step(X, TARGETS)
        history.append({name: parameter.value.copy() for name, parameter in net.parameters().items()})
    own = net.state_dict()
    with run.averaged_weights():
        for name, parameter in net.parameters().items():
            expected = np.mean([values[name] for values in history], axis=0)
            np.testing.assert_allclose(parameter.value, expected, rtol=1e-5, atol=1e-7)
        averaged = run.predict(X)
    assert same(net.state_dict(), own)
    assert (run.predict(X) != averaged).any()
    plain = make_run()
    before = plain.network.state_dict()
    with plain.averaged_weights():
        assert same(plain.network.state_dict(), before)


def test_adopted_weights_are_those_that_evaluation_uses():
    run = make_run(average=hg.ExponentialMovingAverage(0.9))
    chosen = run.network.state_dict()
    expected = hg.evaluate(run, DATA)
    for _ in range(5):
        run.train_step(X, TARGETS)
    assert hg.evaluate(run, DATA) != expected
    run.adopt(chosen)
    assert hg.evaluate(run, DATA) == expected
    assert same(run.network.state_dict(), chosen)
    with pytest.raises(WeightsError):
        run.adopt({})


def open_net():
    return hg.Sequential([hg.Conv2d(None, 2, 3), hg.BatchNorm2d(None), hg.Flatten(), hg.Linear(None, 3)], 2)


@pytest.mark.parametrize("first", ["train_step", "train_on", "gradients", "settle", "summary"])
def test_sizes_left_open_are_filled_in_after_compiling(first):
    run = make_run(open_net(), average=hg.ExponentialMovingAverage(0.9))
    if first == "train_on":
        run.train_on(DATA, range(20), lambda images, rng: images)
    elif first == "settle":
        run.settle((1, 8, 8))
    elif first == "summary":
        run.network.summary((1, 8, 8))
    else:
        getattr(run, first)(X, TARGETS)
    while run.step_count < 3:
        run.train_step(X, TARGETS)
    net = open_net()
    net.infer((1, 8, 8))
    told = make_run(net, average=hg.ExponentialMovingAverage(0.9))
    for _ in range(3):
        told.train_step(X, TARGETS)
    assert same(run.state(), told.state())


def test_networks_of_float64_train_in_float64():
    run = make_run(make_net(dtype=np.float64))
    x = X.astype(np.float64)
    run.train_step(x, TARGETS)
    assert {array.dtype for array in run.state().values()} == {np.dtype("f8"), np.dtype("i8")}
    assert {gradient.dtype for gradient in run.gradients(x, TARGETS).values()} == {np.dtype("f8")}
    assert run.predict(x).dtype == np.float64


def test_rows_as_targets_count_nothing_as_correct():
    rows = np.eye(3, dtype=np.float32)[TARGETS]
    step = make_run(loss=hg.MSELoss()).train_step(X, rows)
    by_class = make_run(loss=hg.MSELoss()).train_step(X, TARGETS)
    assert (step.loss, step.correct) == (by_class.loss, 0)
    assert by_class.correct > 0
