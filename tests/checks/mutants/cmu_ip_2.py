"""IP layer."""

import numpy as np


def inner_product_forward(input, layer, param):
    n = input["batch_size"]
    data = np.zeros((layer["num"], n))
    for k in range(n):
        data[:, k] = np.dot(input["data"][:, k], param["w"])
    return {"height": 1, "width": 1, "channel": layer["num"], "batch_size": n, "data": data}


def inner_product_backward(output, input, layer, param):
    param_grad = {"w": np.zeros(param["w"].shape), "b": np.zeros(param["b"].shape)}
    input_od = np.zeros(input["data"].shape)
    for k in range(input["batch_size"]):
        d = output["diff"][:, k]
        param_grad["w"] += np.outer(input["data"][:, k], d)
        param_grad["b"] += d.reshape(param["b"].shape)
        input_od[:, k] = np.dot(param["w"], d)
    return param_grad, input_od
