"""CS5242, National University of Singapore, 2018: assignment 1, a convolutional network for MNIST.

The course's modules, as thin adapters over `handgrad.ops` and `handgrad.optim`: `layers`, `loss`,
`optimizers`, `initializers`, `models`, `applications` and `utils`. The folder ``on_path`` makes them
importable under these names.
"""

from handgrad.courses.cs5242.applications import MNISTNet
from handgrad.courses.cs5242.initializers import MSRA, Gaussian, Guassian, Initializer, Uniform, Xavier
from handgrad.courses.cs5242.layers import Convolution, Dropout, FCLayer, Flatten, Layer, Pooling, ReLU
from handgrad.courses.cs5242.loss import L2, Loss, Regularization, SoftmaxCrossEntropy
from handgrad.courses.cs5242.models import Model
from handgrad.courses.cs5242.optimizers import SGD, Adagrad, Adam, Optimizer, RMSprop
from handgrad.courses.cs5242.utils.check_grads import check_grads_layer, check_grads_loss
from handgrad.courses.cs5242.utils.datasets import MNIST
from handgrad.courses.cs5242.utils.tools import rel_error

__all__ = [
    "L2",
    "MNIST",
    "MSRA",
    "SGD",
    "Adagrad",
    "Adam",
    "Convolution",
    "Dropout",
    "FCLayer",
    "Flatten",
    "Gaussian",
    "Guassian",
    "Initializer",
    "Layer",
    "Loss",
    "MNISTNet",
    "Model",
    "Optimizer",
    "Pooling",
    "RMSprop",
    "ReLU",
    "Regularization",
    "SoftmaxCrossEntropy",
    "Uniform",
    "Xavier",
    "check_grads_layer",
    "check_grads_loss",
    "rel_error",
]
