"""Pure functions on arrays: ``NAME_forward -> y, cache`` and ``NAME_backward -> gradients``.

No state, no parameters of their own. Inputs are never modified, non-contiguous arrays are welcome, and the
dtype that comes in goes out. ``NAME_naive`` is the definition as loops, which the tests compare with.
"""

from handgrad.ops.avg_pool2d import avg_pool2d_backward, avg_pool2d_forward, avg_pool2d_naive
from handgrad.ops.batch_norm import batch_norm_backward, batch_norm_forward
from handgrad.ops.conv2d import conv2d_backward, conv2d_forward, conv2d_naive
from handgrad.ops.cross_entropy import check_targets, cross_entropy_backward, cross_entropy_forward
from handgrad.ops.dropout import dropout_backward, dropout_forward
from handgrad.ops.elu import elu_backward, elu_forward
from handgrad.ops.euclidean_loss import euclidean_loss_backward, euclidean_loss_forward
from handgrad.ops.leaky_relu import leaky_relu_backward, leaky_relu_forward
from handgrad.ops.linear import linear_backward, linear_forward
from handgrad.ops.max_pool2d import max_pool2d_backward, max_pool2d_forward, max_pool2d_naive
from handgrad.ops.mse_loss import mse_loss_backward, mse_loss_forward
from handgrad.ops.prelu import prelu_backward, prelu_forward
from handgrad.ops.probability_cross_entropy import (
    probability_cross_entropy_backward,
    probability_cross_entropy_forward,
)
from handgrad.ops.relu import relu_backward, relu_forward
from handgrad.ops.sigmoid import sigmoid_backward, sigmoid_forward
from handgrad.ops.softmax import softmax_backward, softmax_forward
from handgrad.ops.tanh import tanh_backward, tanh_forward
from handgrad.ops.windows import col2im, im2col, output_size

__all__ = [
    "avg_pool2d_backward",
    "avg_pool2d_forward",
    "avg_pool2d_naive",
    "batch_norm_backward",
    "batch_norm_forward",
    "check_targets",
    "col2im",
    "conv2d_backward",
    "conv2d_forward",
    "conv2d_naive",
    "cross_entropy_backward",
    "cross_entropy_forward",
    "dropout_backward",
    "dropout_forward",
    "elu_backward",
    "elu_forward",
    "euclidean_loss_backward",
    "euclidean_loss_forward",
    "im2col",
    "leaky_relu_backward",
    "leaky_relu_forward",
    "linear_backward",
    "linear_forward",
    "max_pool2d_backward",
    "max_pool2d_forward",
    "max_pool2d_naive",
    "mse_loss_backward",
    "mse_loss_forward",
    "output_size",
    "prelu_backward",
    "prelu_forward",
    "probability_cross_entropy_backward",
    "probability_cross_entropy_forward",
    "relu_backward",
    "relu_forward",
    "sigmoid_backward",
    "sigmoid_forward",
    "softmax_backward",
    "softmax_forward",
    "tanh_backward",
    "tanh_forward",
]
