import math

import numpy as np
import pytest

import handgrad as hg
from handgrad.courses.hw5 import nn_mnist_classifier
from handgrad.errors import ArgumentError, ShapeError

NAMES = ("conv_layer_1", "fc1", "fc2")


@pytest.fixture
def batch():
    rng = np.random.default_rng(8)
    return rng.random((5, 1, 28, 28)), rng.integers(0, 10, 5)


@pytest.fixture
def classifier():
    np.random.seed(3)
    return nn_mnist_classifier(mmt_friction=0.8, lr=0.25)


def weights(classifier):
    arrays = [array for name in NAMES for array in getattr(classifier, name).get_weights()]
    return [array.copy() for array in arrays]


def loss_by_hand(parameters, x, y):
    """The document's network as einsums over slices, with nothing of the library."""
    Wc, bc, W1, b1, W2, b2 = parameters
    maps = sum(
        np.einsum("nchw,oc->nohw", x[:, :, i : i + 26, j : j + 26], Wc[:, :, i, j])
        for i in range(3)
        for j in range(3)
    )
    maps = np.clip(maps + bc, 0, None)
    maps = maps.reshape(len(x), 28, 13, 2, 13, 2).max(axis=(3, 5))
    hidden = np.clip(np.einsum("ni,oi->no", maps.reshape(len(x), -1), W1) + b1, 0, None)
    scores = np.exp(np.einsum("ni,oi->no", hidden, W2) + b2)
    scores /= scores.sum(axis=1, keepdims=True)
    return scores, -sum(math.log(row[k]) for row, k in zip(scores, y, strict=True)) / len(x)


def test_the_document_s_sizes_and_defaults():
    classifier = nn_mnist_classifier()
    assert (classifier.mmt_friction, classifier.lr) == (0.9, 0.01)
    by_place = nn_mnist_classifier(0.5, 1.8)  # in the starter code's order
    assert (by_place.mmt_friction, by_place.lr) == (0.5, 1.8)
    shapes = [(28, 1, 3, 3), (1, 28, 1, 1), (128, 4732), (128,), (10, 128), (10,)]
    assert [array.shape for array in weights(classifier)] == shapes
    assert sum(array.size for array in weights(classifier)) == 607_394


def test_scores_and_loss(classifier, batch):
    for array in batch:
        array.flags.writeable = False
    scores, loss = classifier.forward(*batch)
    expected_scores, expected_loss = loss_by_hand(weights(classifier), *batch)
    assert (scores.shape, scores.dtype) == ((5, 10), np.float64)
    assert isinstance(loss, np.float64)
    np.testing.assert_allclose(scores, expected_scores, atol=1e-12)
    assert loss == pytest.approx(expected_loss, rel=1e-12)


def test_two_steps_of_the_momentum_method(classifier, batch):
    """Along some weights of every array, by central differences of the loss written out above."""
    rng = np.random.default_rng(9)
    places = [
        [tuple(rng.integers(0, s) for s in array.shape) for _ in range(4)] for array in weights(classifier)
    ]
    velocity = [[0.0] * 4 for _ in places]
    for _ in range(2):
        before, expected = weights(classifier), []
        for array, spots, speeds in zip(before, places, velocity, strict=True):
            for k, spot in enumerate(spots):
                kept, sides = array[spot], []
                for shift in (1e-6, -1e-6):
                    array[spot] = kept + shift
                    sides.append(loss_by_hand(before, *batch)[1])
                array[spot] = kept
                speeds[k] = 0.8 * speeds[k] + (1 - 0.8) * (sides[0] - sides[1]) / 2e-6
            expected.append([array[spot] - 0.25 * speed for spot, speed in zip(spots, speeds, strict=True)])
        classifier.forward(*batch)
        assert classifier.backprop() is None
        assert classifier.update_weights() is None
        for array, spots, values in zip(weights(classifier), places, expected, strict=True):
            np.testing.assert_allclose([array[spot] for spot in spots], values, rtol=1e-6, atol=1e-9)


def test_it_learns_what_the_library_learns(classifier, batch):
    """The same steps as SGD with momentum_form="average" on the same network in float64."""
    layers = [hg.Conv2d(1, 28, 3), hg.ReLU(), hg.MaxPool2d(2), hg.Flatten(), hg.Linear(4732, 128), hg.ReLU()]
    network = hg.Sequential([*layers, hg.Linear(128, 10)], dtype=np.float64)
    for parameter, array in zip(network.parameters().values(), weights(classifier), strict=True):
        parameter.value[...] = array.reshape(parameter.value.shape)
    optimizer = hg.SGD(lr=0.25, momentum=0.8, momentum_form="average")
    run = hg.compile(network, loss=hg.CrossEntropyLoss(), optimizer=optimizer)
    for _ in range(4):
        _, loss = classifier.forward(*batch)
        classifier.backprop()
        classifier.update_weights()
        assert run.train_step(*batch).loss == pytest.approx(loss, rel=1e-12)
    for parameter, array in zip(network.parameters().values(), weights(classifier), strict=True):
        np.testing.assert_allclose(array.ravel(), parameter.value.ravel(), atol=1e-12)


def test_inference_keeps_nothing(classifier, batch):
    classifier.forward(*batch, backprop_req=False)
    with pytest.raises(ArgumentError, match="backprop_req=True"):
        classifier.backprop()
    classifier.forward(*batch)
    classifier.forward(batch[0][:2] * 0.5, batch[1][:2], backprop_req=False)
    classifier.backprop()  # of the first batch, as a validation batch in between must not change
    kept = [array.copy() for array in classifier.bkp_cache]
    classifier.forward(*batch)
    classifier.backprop()
    for one, other in zip(kept, classifier.bkp_cache, strict=True):
        np.testing.assert_array_equal(one, other)


def test_what_does_not_fit(classifier, batch):
    with pytest.raises(ArgumentError, match="update_weights"):
        classifier.update_weights()
    with pytest.raises(ShapeError, match=r"x of shape \(batch_size, 1, 28, 28\), got \(5, 28, 28\)"):
        classifier.forward(batch[0][:, 0], batch[1])
    with pytest.raises(ShapeError, match=r"y of shape \(5,\)"):
        classifier.forward(batch[0], batch[1][:4])
