"""Inner product layer, python version of 10-601 homework."""

import numpy as np


def inner_product_forward(input, layer, param):
    output = dict(height=1, width=1, channel=layer["num"], batch_size=input["batch_size"])
    output["data"] = param["w"].T.dot(input["data"]) + param["b"].reshape(-1, 1)
    return output


def inner_product_backward(output, input, layer, param):
    diff = output["diff"]
    param_grad = {}
    param_grad["w"] = input["data"].dot(diff.T)
    param_grad["b"] = np.sum(diff, axis=0)
    input_od = param["w"].dot(diff)
    return param_grad, input_od
