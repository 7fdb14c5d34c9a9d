"""Layers remember, ops calculate: configuration and parameters, and one call of an op in each direction."""

from handgrad.nn.activation import ELU, LeakyReLU, PReLU, ReLU, Sigmoid, Softmax, Tanh
from handgrad.nn.affine import Conv2d, Linear
from handgrad.nn.architecture import initialiser_from_text, layers_from_text
from handgrad.nn.flatten import Flatten
from handgrad.nn.initialisers import (
    Constant,
    InputMapUniform,
    KaimingNormal,
    KaimingUniform,
    Normal,
    Uniform,
    XavierNormal,
    XavierUniform,
)
from handgrad.nn.layer import Layer
from handgrad.nn.parameter import Buffer, Parameter
from handgrad.nn.pooling import AvgPool2d, MaxPool2d
from handgrad.nn.regularising import BatchNorm1d, BatchNorm2d, Dropout
from handgrad.nn.sequential import Sequential
from handgrad.nn.summary import Summary

__all__ = [
    "ELU",
    "AvgPool2d",
    "BatchNorm1d",
    "BatchNorm2d",
    "Buffer",
    "Constant",
    "Conv2d",
    "Dropout",
    "Flatten",
    "InputMapUniform",
    "KaimingNormal",
    "KaimingUniform",
    "Layer",
    "LeakyReLU",
    "Linear",
    "MaxPool2d",
    "Normal",
    "PReLU",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Summary",
    "Tanh",
    "Uniform",
    "XavierNormal",
    "XavierUniform",
    "initialiser_from_text",
    "layers_from_text",
]
