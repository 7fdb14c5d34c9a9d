"""ReLU forward and backward for LeNet."""

import numpy as np


def relu_forward(input, layer):
    data = input["data"]
    data[data < 0] = 0
    output = {"data": data}
    for key in ["height", "width", "channel", "batch_size"]:
        output[key] = input[key]
    return output


def relu_backward(output, input, layer):
    return np.where(input["data"] > 0, output["diff"], 0.0)
