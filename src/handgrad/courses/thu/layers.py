"""`layers` of the course: each remembers its input, its parameters, their gradients and their momentum."""

from handgrad.courses.thu.plain_layers import AvgPool2D, Layer, Relu, Reshape, Sigmoid
from handgrad.courses.thu.weighted_layers import Conv2D, Linear

__all__ = ["AvgPool2D", "Conv2D", "Layer", "Linear", "Relu", "Reshape", "Sigmoid"]
