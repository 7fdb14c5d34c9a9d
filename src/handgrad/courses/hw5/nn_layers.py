"""The course's module ``nn_layers``: six layers, each of which gets its input again when it goes back.

Thin: every forward and backward pass is one of `handgrad.ops`, with the course's shapes around it.
"""

from handgrad.courses.hw5.plain_layers import (
    nn_activation_layer,
    nn_cross_entropy_layer,
    nn_max_pooling_layer,
    nn_softmax_layer,
)
from handgrad.courses.hw5.weighted_layers import nn_convolutional_layer, nn_fc_layer

__all__ = [
    "nn_activation_layer",
    "nn_convolutional_layer",
    "nn_cross_entropy_layer",
    "nn_fc_layer",
    "nn_max_pooling_layer",
    "nn_softmax_layer",
]
