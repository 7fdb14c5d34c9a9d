import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.cmu10601.cnn_lenet import conv_net, init_convnet
from handgrad.courses.cmu10601.twin import LastLogitAtZero, sequential_of, state_of
from handgrad.errors import ArgumentError
from tests.courses.cmu10601.made import small_layers


def made():
    layers = small_layers(5)
    np.random.seed(0)
    params = init_convnet(layers)
    for entry in params.values():
        entry["b"] += np.linspace(-0.1, 0.1, entry["b"].size)  # or wrong biases would not be seen
    rng = np.random.default_rng(4)
    return layers, params, rng.uniform(size=(128, 5)), rng.integers(0, 4, size=5)


def test_the_twin_has_the_courses_cost_and_gradients():
    layers, params, data, labels = made()
    network = sequential_of(layers, params, dtype=np.float64)
    run = hg.compile(network, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(lr=0.1), engine="reference")
    x = data.reshape(8, 8, 2, 5).transpose(3, 2, 0, 1)
    cp, grad = conv_net(params, layers, data, labels)
    logits = run.predict(x)
    assert logits.shape == (5, 4)
    assert not logits[:, 3].any()
    assert run.loss.forward(logits, labels)[0] == pytest.approx(cp["cost"], rel=1e-12)
    expected, found = state_of(network, layers, grad), run.gradients(x, labels)
    assert sorted(found) == sorted(expected)
    for name in expected:
        np.testing.assert_allclose(found[name], expected[name], rtol=0, atol=1e-13, err_msg=name)


def test_the_layer_that_fixes_a_logit():
    layer = LastLogitAtZero()
    y, cache = layer.forward(np.array([[1.0, 2.0]]))
    assert y.tolist() == [[1.0, 2.0, 0.0]]
    dx, gradients = layer.backward(np.array([[3.0, 4.0, 5.0]]), cache)
    assert (dx.tolist(), gradients) == ([[3.0, 4.0]], {})


def test_what_is_no_network_is_refused():
    with pytest.raises(ArgumentError, match="a first layer DATA"):
        sequential_of({1: {"type": "LOSS", "num": 2}}, {})
