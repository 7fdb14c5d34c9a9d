"""The handout of hw5: ``nn_layers.py`` and ``hw5.py`` with their methods left open."""

import numpy as np

from handgrad.courses.handouts.checks import Inputs
from handgrad.courses.handouts.handout import Handout
from handgrad.courses.handouts.numbers import distinct, normal


def inputs() -> Inputs:
    """What each open method is called with."""
    x, W, b = normal(1, 2, 2, 4, 5), normal(2, 3, 2, 3, 2), normal(3, 1, 3, 1, 1)
    convolution = {"x": x, "W": W, "b": b}
    rows = {"x": normal(4, 2, 2, 1, 2), "W": normal(5, 3, 4), "b": normal(6, 3)}
    scores, probabilities = normal(7, 3, 4), np.array([[0.5, 0.25, 0.25], [0.1, 0.8, 0.1]])
    labels = {"x": probabilities, "y": np.array([2, 1])}
    pooling = [
        {"x": distinct(8, 2, 2, 4, 4), "stride": 2, "pool_size": 2},
        {"x": distinct(9, 1, 2, 5, 5), "stride": 1, "pool_size": 3},
    ]
    pooled = [normal(10, 2, 2, 2, 2), normal(11, 1, 2, 3, 3)]
    images = {"labels": np.array([3, 8])}
    return {
        "nn_layers:nn_convolutional_layer.update_weights": [
            {**convolution, "dW": normal(13, 3, 2, 3, 2), "db": normal(14, 1, 3, 1, 1)}
        ],
        "nn_layers:nn_convolutional_layer.forward": [convolution],
        "nn_layers:nn_convolutional_layer.backprop": [{**convolution, "dLdy": normal(15, 2, 3, 2, 4)}],
        "nn_layers:nn_max_pooling_layer.forward": pooling,
        "nn_layers:nn_max_pooling_layer.backprop": [
            {**given, "dLdy": dLdy} for given, dLdy in zip(pooling, pooled, strict=True)
        ],
        "nn_layers:nn_activation_layer.forward": [{"x": x}],
        "nn_layers:nn_activation_layer.backprop": [{"x": x, "dLdy": normal(16, *x.shape)}],
        "nn_layers:nn_fc_layer.update_weights": [
            {"W": rows["W"], "b": rows["b"], "dW": normal(17, 3, 4), "db": normal(18, 3)}
        ],
        "nn_layers:nn_fc_layer.forward": [rows],
        "nn_layers:nn_fc_layer.backprop": [{**rows, "dLdy": normal(19, 2, 3)}],
        "nn_layers:nn_softmax_layer.forward": [{"x": scores}],
        "nn_layers:nn_softmax_layer.backprop": [{"x": scores, "dLdy": normal(20, 3, 4)}],
        "nn_layers:nn_cross_entropy_layer.forward": [labels],
        "nn_layers:nn_cross_entropy_layer.backprop": [labels],
        "hw5:nn_mnist_classifier.forward": [images],
        "hw5:nn_mnist_classifier.backprop": [images],
        "hw5:nn_mnist_classifier.update_weights": [images],
    }


HANDOUT = Handout(
    course="hw5",
    title="An MNIST classifier with a convolutional network",
    files=("nn_layers.py", "hw5.py"),
    drivers={"train_hw5.py": "two epochs, then the test set"},
    inputs=inputs,
    notes=(
        "Begin with the layers: the classifier's three methods put them together. backprop is given the "
        "layer's input again, so a layer need not remember it. Allowed beside NumPy: view_as_windows of "
        "scikit-image."
    ),
    adapters={"hw5": "classifier"},
    packages=("scikit-image",),
)
