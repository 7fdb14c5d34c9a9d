"""ELU instead of ReLU (bonus)."""

import numpy as np


def elu_forward(input, layer):
    x = input["data"]
    output = input.copy()
    output["data"] = np.where(x > 0, x, np.exp(np.minimum(x, 0)) - 1)
    return output


def elu_backward(output, input, layer):
    x = input["data"]
    slope = np.where(x > 0, 1, np.exp(np.minimum(x, 0)) - 1)
    return slope * output["diff"]
