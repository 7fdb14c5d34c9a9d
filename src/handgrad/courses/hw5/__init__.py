"""The course of ``hw5.py`` and ``nn_layers.py``: an MNIST classifier with one convolution."""

from handgrad.courses.hw5.classifier import nn_mnist_classifier
from handgrad.courses.hw5.nn_layers import (
    nn_activation_layer,
    nn_convolutional_layer,
    nn_cross_entropy_layer,
    nn_fc_layer,
    nn_max_pooling_layer,
    nn_softmax_layer,
)

__all__ = [
    "nn_activation_layer",
    "nn_convolutional_layer",
    "nn_cross_entropy_layer",
    "nn_fc_layer",
    "nn_max_pooling_layer",
    "nn_mnist_classifier",
    "nn_softmax_layer",
]
