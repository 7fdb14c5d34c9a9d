import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import ShapeError
from handgrad.ops.conv2d import conv2d_naive


@pytest.mark.parametrize("kernel", [1, 3, 5, (3, 5), (5, 1)])
def test_same_keeps_the_size_of_the_maps_and_valid_adds_nothing(kernel):
    x = np.random.default_rng(0).normal(size=(2, 1, 9, 8))
    same = hg.Sequential([hg.Conv2d(1, 2, kernel, padding="same")], dtype=np.float64)[0]
    assert same.output_shape((1, 9, 8)) == (2, 9, 8)
    assert same.forward(x)[0].shape == (2, 2, 9, 8)
    KH, KW = kernel if isinstance(kernel, tuple) else (kernel, kernel)
    by_hand = np.pad(x, ((0, 0), (0, 0), (KH // 2, KH // 2), (KW // 2, KW // 2)))
    expected = conv2d_naive(by_hand, same.weight.value, same.bias.value)
    np.testing.assert_allclose(same.forward(x)[0], expected, rtol=1e-12, atol=1e-13)
    valid = hg.Conv2d(1, 2, kernel, padding="valid")
    assert valid.output_shape((1, 9, 8)) == (2, 10 - KH, 9 - KW)


def test_every_argument_reaches_the_op():
    x = np.random.default_rng(0).normal(size=(2, 4, 7, 8))
    layer = hg.Conv2d(4, 6, (3, 2), (2, 1), (1, 0), groups=2)
    layer.astype(np.float64)
    expected = conv2d_naive(x, layer.weight.value, layer.bias.value, (2, 1), (1, 0), 2)
    np.testing.assert_allclose(layer.forward(x)[0], expected, rtol=1e-12, atol=1e-13)


@pytest.mark.parametrize("make", [lambda **o: hg.Linear(3, 2, **o), lambda **o: hg.Conv2d(3, 2, 1, **o)])
def test_an_optimizer_can_tell_weights_from_biases(make):
    layer = make()
    assert {name: parameter.is_bias for name, parameter in layer.parameters().items()} == {
        "weight": False,
        "bias": True,
    }
    without = make(bias=False)
    assert list(without.parameters()) == ["weight"]
    assert without.bias is None


def test_biases_learn_as_an_optimizer_treats_biases():
    net = hg.Sequential([hg.Linear(3, 2), hg.BatchNorm1d(2), hg.PReLU()])
    optimizer = hg.SGD(lr=1.0, bias_lr_multiplier=0.0)
    run = hg.compile(net, loss=hg.MSELoss(), optimizer=optimizer, threads=1)
    before = net.state_dict()
    x = np.random.default_rng(0).normal(size=(5, 3)).astype("f")
    run.train_step(x, np.array([0, 1, 1, 0, 1]))
    for name in net.parameters():
        moved = (net.state_dict()[name] != before[name]).any()
        assert moved == (not name.endswith("bias")), name


def test_linear_acts_on_the_last_axis_as_torchs_does():
    x = np.random.default_rng(0).normal(size=(2, 5, 3)).astype("f")
    layer = hg.Linear(3, 4)
    assert layer.output_shape((5, 3)) == (5, 4)
    assert layer.multiply_adds((5, 3)) == 60
    y, cache = layer.forward(x)
    np.testing.assert_allclose(y[1], layer.forward(x[1])[0], rtol=1e-6)
    dx, gradients = layer.backward(np.ones_like(y), cache)
    assert dx.shape == x.shape
    np.testing.assert_allclose(gradients["bias"], 10)


def test_a_layer_alone_takes_no_size_from_an_input_that_cannot_be_right():
    conv, dense = hg.Conv2d(None, 2, 3), hg.Linear(None, 2)
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, C, H, W\), got \(N, 28, 28\)"):
        conv.forward(np.ones((4, 28, 28), "f"))
    with pytest.raises(ShapeError, match="expected maps of at least 3 x 3 pixels"):
        conv.forward(np.ones((4, 3, 2, 2), "f"))
    with pytest.raises(ShapeError, match=r"expected x of shape \(N, I\)"):
        dense.forward(np.ones(4, "f"))
    assert (conv.in_channels, dense.in_features) == (None, None)
    assert conv.forward(np.ones((4, 1, 8, 8), "f"))[0].shape == (4, 2, 6, 6)
    assert dense.forward(np.ones((4, 5), "f"))[0].shape == (4, 2)
