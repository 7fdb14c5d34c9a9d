"""The course's module of this name, for ``import nn_layers as nnl``."""

from handgrad.courses.hw5.nn_layers import *
