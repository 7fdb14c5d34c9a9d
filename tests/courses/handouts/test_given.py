"""What a handout gives is written anew for it: the same numbers as the adapter's."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses import cmu10601, find_course
from handgrad.courses.thu.load_data import load_mnist_4d
from tests.courses.handouts.alone import imported
from tests.courses.solutions import filled

LAYERS = {
    1: {"type": "DATA", "height": 10, "width": 9, "channel": 2, "batch_size": 3},
    2: {"type": "CONV", "num": 4, "k": 3, "stride": 1, "pad": 1, "group": 2},
    3: {"type": "ELU"},
    4: {"type": "POOLING", "k": 2, "stride": 2, "pad": 0},
    5: {"type": "CONV", "num": 3, "k": 2, "stride": 2, "pad": 1, "group": 1},
    6: {"type": "RELU"},
    7: {"type": "IP", "num": 6, "init_type": "gaussian"},
    8: {"type": "LOSS", "num": 5},
}


@pytest.fixture
def lenet(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The handout of cmu10601, written, with data in the working folder."""
    filled("cmu10601", tmp_path)
    find_course("cmu10601").write_data(hg.load_digits(), tmp_path)
    monkeypatch.chdir(tmp_path)
    return imported(tmp_path, "cnn_lenet")[0]


def test_a_whole_network_of_cmu10601(lenet: ModuleType) -> None:
    networks = []
    for module in (lenet, cmu10601):
        np.random.seed(3)
        networks.append(module.init_convnet(LAYERS))
    rng = np.random.default_rng(0)
    data, labels = rng.normal(size=(180, 3)), np.array([4, 0, 2])
    (cp, grads), (expected_cp, expected) = (
        module.conv_net(params, LAYERS, data, labels)
        for module, params in zip((lenet, cmu10601), networks, strict=True)
    )
    assert cp == pytest.approx(expected_cp)
    assert sorted(grads) == sorted(expected) == sorted(networks[0])
    for i, layer in expected.items():
        for name in ("w", "b"):
            np.testing.assert_array_equal(networks[0][i][name], networks[1][i][name])
            np.testing.assert_allclose(grads[i][name], layer[name], rtol=1e-9, atol=1e-12)


def test_the_data_of_cmu10601(lenet: ModuleType) -> None:
    for fullset in (True, False):
        ours, theirs = lenet.load_mnist(fullset), cmu10601.load_mnist(fullset)
        assert [array.shape for array in ours] == [array.shape for array in theirs]
    ours, theirs = lenet.load_mnist(), cmu10601.load_mnist()
    order, expected = (np.lexsort(found[4]) for found in (ours, theirs))  # the test images, however shuffled
    np.testing.assert_array_equal(ours[4][:, order], theirs[4][:, expected])
    np.testing.assert_array_equal(ours[5][order], theirs[5][expected])


def test_the_gradient_check_of_cmu10601(lenet: ModuleType) -> None:
    given = {"height": 1, "width": 1, "channel": 4, "batch_size": 2}
    given["data"] = np.array([[1.0, -2.0], [0.5, 3.0], [-1.0, -1.0], [2.0, 0.25]])
    output = lenet.relu_forward(given, {"type": "RELU"}) | {"diff": np.arange(8.0).reshape(4, 2)}
    np.testing.assert_allclose(
        lenet.finite_difference(output, given, 1e-6), lenet.relu_backward(output, given, {}), atol=1e-8
    )


def test_the_data_of_thu(tmp_path: Path) -> None:
    find_course("thu").handout(tmp_path)
    find_course("thu").write_data(hg.load_digits(), tmp_path)
    (module,) = imported(tmp_path, "load_data")
    found = module.load_mnist_4d(str(tmp_path / "data")), load_mnist_4d(tmp_path / "data")
    for array, expected in zip(*found, strict=True):
        np.testing.assert_array_equal(array, expected)


def test_a_model_of_cs5242_is_saved_and_loaded(tmp_path: Path) -> None:
    filled("cs5242", tmp_path)
    (applications,) = imported(tmp_path, "applications")
    one, other = applications.MNISTNet(), applications.MNISTNet()
    one.save(tmp_path / "weights.npz")
    other.load(tmp_path / "weights.npz")
    params, again = one.get_params()[0], other.get_params()[0]
    assert len(params) == 8
    for name, value in params.items():
        np.testing.assert_array_equal(value, again[name])


def test_the_relu_of_cs5242_passes_the_gradient_at_0(tmp_path: Path) -> None:
    find_course("cs5242").handout(tmp_path)
    (layers,) = imported(tmp_path, "layers")
    inputs, in_grads = np.array([-1.0, 0.0, 2.0]), np.array([3.0, 4.0, 5.0])
    np.testing.assert_array_equal(layers.ReLU().backward(in_grads, inputs), [0.0, 4.0, 5.0])
    np.testing.assert_array_equal(layers.ReLU().forward(inputs), [0.0, 0.0, 2.0])
