"""Project 3: digits by a multi-layer perceptron of one's own, and by a convolutional network.

`ConvNet` needs PyTorch and is made when it is first asked for; ``from Project3 import *`` leaves it out.
"""

from typing import Any

from handgrad.courses.project3.mlp import MLP, CrossEntropy, one_hot, sigmoid, softmax

__all__ = ["MLP", "CrossEntropy", "one_hot", "sigmoid", "softmax"]


def __getattr__(name: str) -> Any:
    if name == "ConvNet":
        from handgrad.courses.project3.convnet import convnet_class

        return convnet_class()
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
