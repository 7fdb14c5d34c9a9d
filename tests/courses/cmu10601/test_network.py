import copy

import numpy as np
import pytest

from handgrad.courses.cmu10601.cnn_lenet import conv_net, init_convnet
from handgrad.errors import ArgumentError, ShapeError
from tests.courses.cmu10601.made import frozen, slopes, small_layers


def made(batch=3):
    layers = small_layers(batch)
    np.random.seed(0)
    params = init_convnet(layers)
    rng = np.random.default_rng(4)
    return layers, params, rng.uniform(size=(128, batch)), rng.integers(0, 4, size=batch)


def test_first_parameters_have_the_courses_shapes():
    layers, params, _, _ = made()
    shapes = {i: (entry["w"].shape, entry["b"].shape) for i, entry in params.items()}
    assert shapes == {
        1: ((9, 4), (4,)),  # k·k·c/group
        2: ((0,), (0,)),
        3: ((36, 5), (5,)),
        4: ((0,), (0,)),
        5: ((20, 7), (7,)),  # the last maps are 2 x 2 x 5
        6: ((0,), (0,)),
        7: ((7, 6), (6,)),
        8: ((6, 3), (3,)),  # one class less
    }
    assert all(not entry["b"].any() for entry in params.values())
    assert len(layers) == 9
    layers[4] = layers[4] | {"k": 4}  # as large as its map, of which one number is left
    assert init_convnet(layers)[5]["w"].shape == (5, 7)


def test_bounds_come_from_the_whole_input_map():
    layers = {
        1: {"type": "DATA", "height": 20, "width": 10, "channel": 3, "batch_size": 1},
        2: {"type": "CONV", "num": 400, "k": 5, "stride": 1, "pad": 0, "group": 1},
        3: {"type": "IP", "num": 3, "init_type": "gaussian"},
        4: {"type": "IP", "num": 2000, "init_type": "uniform"},
        5: {"type": "LOSS", "num": 30},
    }
    params = init_convnet(layers)
    for i, size in ((1, 20 * 10 * 3), (3, 3), (4, 2000)):
        bound = np.sqrt(3 / size)
        w = params[i]["w"]
        assert np.abs(w).max() <= bound
        assert np.abs(w).max() > 0.99 * bound
        assert abs(w.mean()) < 0.03 * bound
        assert w.std() == pytest.approx(bound / np.sqrt(3), rel=0.05)
    gaussian = params[2]["w"]
    assert gaussian.std() == pytest.approx(np.sqrt(3 / (16 * 6 * 400)), rel=0.01)
    assert np.abs(gaussian).max() > 3 * gaussian.std()


def test_first_parameters_come_from_numpys_global_generator():
    one, other = made()[1], made()[1]
    assert all(np.array_equal(one[i]["w"], other[i]["w"]) for i in one)
    np.random.seed(1)
    assert not np.array_equal(init_convnet(small_layers())[1]["w"], one[1]["w"])


def test_gradients_are_slopes_of_the_mean():
    layers, params, data, labels = made()
    cp, grad = conv_net(params, layers, data, labels)
    assert set(cp) == {"cost", "percent"}
    assert list(grad) == list(params)
    for i, entry in params.items():
        for name, array in entry.items():
            assert grad[i][name].shape == array.shape
            expected = slopes(array, lambda: conv_net(params, layers, data, labels)[0]["cost"])
            np.testing.assert_allclose(grad[i][name], expected, rtol=0, atol=1e-8, err_msg=f"{i} {name}")


def test_cost_and_gradients_are_means_and_percent_is_a_share():
    layers, params, data, labels = made(batch=4)
    cp, grad = conv_net(params, layers, data, labels)
    layers[1]["batch_size"] = 1
    ones = [conv_net(params, layers, data[:, n : n + 1], labels[n : n + 1]) for n in range(4)]
    assert cp["cost"] == pytest.approx(np.mean([one["cost"] for one, _ in ones]), rel=1e-12)
    assert cp["percent"] == np.mean([one["percent"] for one, _ in ones])
    for i in (1, 3, 5, 7, 8):
        expected = np.mean([one_grad[i]["w"] for _, one_grad in ones], axis=0)
        np.testing.assert_allclose(grad[i]["w"], expected, rtol=0, atol=1e-14)


def test_arguments_are_left_alone():
    layers, params, data, labels = made()
    before = copy.deepcopy((params, layers))
    frozen(params)
    data.flags.writeable = labels.flags.writeable = False
    conv_net(params, layers, data, labels)
    assert before[1] == layers
    assert all(np.array_equal(before[0][i]["w"], params[i]["w"]) for i in params)


def test_the_smallest_network_is_logistic_regression():
    layers = {
        1: {"type": "DATA", "height": 1, "width": 2, "channel": 1, "batch_size": 1},
        2: {"type": "LOSS", "num": 2},
    }
    params = {1: {"w": np.array([[1.0], [2.0]]), "b": np.array([0.5])}}
    cp, grad = conv_net(params, layers, np.array([[3.0], [-1.0]]), np.array([1]))
    p = 1 / (1 + np.exp(-1.5))  # of class 0, whose logit is 3 − 2 + 0.5
    assert cp["cost"] == pytest.approx(-np.log(1 - p))
    np.testing.assert_allclose(grad[1]["w"].T, [[3 * p, -p]])
    np.testing.assert_allclose(grad[1]["b"], [p])


def test_the_batch_size_must_be_that_of_the_data():
    layers, params, data, labels = made()
    with pytest.raises(ShapeError, match=r"= \(128, 3\), got \(128, 2\).*layers\[1\]\['batch_size'\]"):
        conv_net(params, layers, data[:, :2], labels[:2])
    with pytest.raises(ShapeError, match=r"labels of shape \(batch,\) = \(3,\)"):
        conv_net(params, layers, data, labels[:2])


def test_networks_that_are_none():
    layers, params, data, labels = made()
    with pytest.raises(ArgumentError, match="the keys are integers"):
        init_convnet({str(i): layer for i, layer in layers.items()})
    with pytest.raises(ArgumentError, match="a first layer DATA and a last layer LOSS"):
        init_convnet({i: layers[i] for i in range(1, 9)})
    with pytest.raises(
        ArgumentError, match="layer 3: expected one of CONV, IP, POOLING, RELU, ELU, got 'POOL'"
    ):
        init_convnet(layers | {3: {"type": "POOL"}})
    with pytest.raises(ArgumentError, match="layer 2: expected a CONV layer with the key 'num'"):
        init_convnet(layers | {2: {"type": "CONV", "k": 3, "stride": 1}})
    with pytest.raises(ArgumentError, match="init_type 'uniform' or 'gaussian', got 'xavier'"):
        init_convnet(layers | {6: {"type": "IP", "num": 7, "init_type": "xavier"}})
    with pytest.raises(ArgumentError, match="a window that is no larger than its map"):
        init_convnet(layers | {4: layers[4] | {"k": 9}})
    for key, value in (("stride", 0), ("k", "a"), ("k", 2.5), ("pad", -1)):
        with pytest.raises(ArgumentError, match=f"{key} as a whole number from . on, got {value!r}"):
            init_convnet(layers | {4: layers[4] | {key: value}})
    with pytest.raises(ArgumentError, match=r"params\[3\], those of layer 4"):
        conv_net({i: entry for i, entry in params.items() if i != 3}, layers, data, labels)


def test_what_is_no_dict():
    layers, params, data, labels = made()
    with pytest.raises(ArgumentError, match="conv_net: expected params as a dict of dicts, got None"):
        conv_net(None, layers, data, labels)
    with pytest.raises(ArgumentError, match="conv_net: expected layers as a dict of dicts, got None"):
        conv_net(params, None, data, labels)
    for wrong in (None, [1.0]):
        with pytest.raises(ArgumentError, match=r"as a dict, got (None|\[1.0\])"):
            conv_net(params | {1: wrong}, layers, data, labels)
        with pytest.raises(ArgumentError, match=r"as a dict, got (None|\[1.0\])"):
            conv_net(params | {len(layers) - 1: wrong}, layers, data, labels)
        with pytest.raises(ArgumentError, match=r"as a dict, got (None|\[1.0\])"):
            conv_net(params, layers | {2: wrong}, data, labels)
