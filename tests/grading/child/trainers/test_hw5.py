import types

import numpy as np
import pytest

from handgrad.courses.hw5.classifier import nn_mnist_classifier
from handgrad.grading.child.trainer import InterfaceError
from tests.grading.child.trainers.made import begun, digits
from tests.grading.in_process import adapter


def test_a_step_is_the_courses_own():
    images, labels = digits()
    trainer = begun("classifier", adapter("classifier"), lr=0.3, momentum=0.8)
    loss = trainer.step(images[:20], labels[:20])
    np.random.seed(0)
    own = nn_mnist_classifier(mmt_friction=0.8, lr=0.3)
    x = images[:20].reshape(20, 1, 28, 28) / 255
    assert loss == own.forward(x, labels[:20])[1]
    own.backprop()
    own.update_weights()
    scores = own.forward(x, labels[:20], False)[0]
    assert np.array_equal(trainer.predict(images[:20]), scores)


def test_a_forward_without_two_values_is_told():
    class Classifier:
        def __init__(self, mmt_friction, lr):
            pass

        def forward(self, x, y, backprop_req):
            return x

    images, labels = digits()
    module = types.SimpleNamespace(nn_mnist_classifier=Classifier)
    trainer = begun("classifier", lambda name: module)
    with pytest.raises(InterfaceError, match=r"backprop_req=True\) returned a ndarray, not scores and loss"):
        trainer.step(images[:2], labels[:2])
    with pytest.raises(InterfaceError, match=r"backprop_req=False\) returned a ndarray, not scores and loss"):
        trainer.predict(images[:2])


def test_labels_are_not_told_and_nothing_is_kept_where_it_predicts():
    given = []

    class Classifier:
        def __init__(self, mmt_friction, lr):
            pass

        def forward(self, x, y, backprop_req=True):
            given.append((y.tolist(), backprop_req))
            return np.zeros((len(x), 10)), 0.0

    module = types.SimpleNamespace(nn_mnist_classifier=Classifier)
    begun("classifier", lambda name: module).predict(digits()[0][:3])
    assert given == [([0, 0, 0], False)]
