"""The course's module: every function that it hands out or asks for, under its own name."""

from handgrad.courses.cmu10601.activation import (
    elu_backward,
    elu_forward,
    finite_difference,
    relu_backward,
    relu_forward,
)
from handgrad.courses.cmu10601.convolution import (
    col2im,
    col2im_conv,
    conv_layer_backward,
    conv_layer_forward,
    im2col_conv,
)
from handgrad.courses.cmu10601.data import load_minst, load_mnist
from handgrad.courses.cmu10601.inner_product import (
    inner_product_backward,
    inner_product_forward,
    inner_product_layer_backward,
)
from handgrad.courses.cmu10601.loss import mlrloss, mrloss
from handgrad.courses.cmu10601.network import conv_net, init_convnet
from handgrad.courses.cmu10601.pooling import pooling_backward, pooling_layer_backward, pooling_layer_forward
from handgrad.courses.cmu10601.training import get_lr, sgd_momentum

__all__ = [
    "col2im",
    "col2im_conv",
    "conv_layer_backward",
    "conv_layer_forward",
    "conv_net",
    "elu_backward",
    "elu_forward",
    "finite_difference",
    "get_lr",
    "im2col_conv",
    "init_convnet",
    "inner_product_backward",
    "inner_product_forward",
    "inner_product_layer_backward",
    "load_minst",
    "load_mnist",
    "mlrloss",
    "mrloss",
    "pooling_backward",
    "pooling_layer_backward",
    "pooling_layer_forward",
    "relu_backward",
    "relu_forward",
    "sgd_momentum",
]
