"""Deep Learning, Tsinghua University, 2019: MNIST Digits Classification with CNN.

The course's seven modules, as thin adapters over `handgrad.ops`: `layers`, `functions`, `loss`, `network`,
`solve_net`, `load_data` and `utils`. The folder ``on_path`` makes them importable under these names.
"""

from handgrad.courses.thu.functions import (
    avgpool2d_backward,
    avgpool2d_forward,
    conv2d_backward,
    conv2d_forward,
)
from handgrad.courses.thu.layers import AvgPool2D, Conv2D, Layer, Linear, Relu, Reshape, Sigmoid
from handgrad.courses.thu.load_data import load_mnist_4d
from handgrad.courses.thu.loss import EuclideanLoss, SoftmaxCrossEntropyLoss
from handgrad.courses.thu.network import Network
from handgrad.courses.thu.solve_net import data_iterator, test_net, train_net
from handgrad.courses.thu.utils import LOG_INFO, calculate_acc, onehot_encoding

__all__ = [
    "LOG_INFO",
    "AvgPool2D",
    "Conv2D",
    "EuclideanLoss",
    "Layer",
    "Linear",
    "Network",
    "Relu",
    "Reshape",
    "Sigmoid",
    "SoftmaxCrossEntropyLoss",
    "avgpool2d_backward",
    "avgpool2d_forward",
    "calculate_acc",
    "conv2d_backward",
    "conv2d_forward",
    "data_iterator",
    "load_mnist_4d",
    "onehot_encoding",
    "test_net",
    "train_net",
]
