"""Inner product, whole batch at once."""


def inner_product_forward(input, layer, param):
    output = dict(input)
    output.update(height=1, width=1, channel=layer["num"])
    output["data"] = (input["data"].T @ param["w"] + param["b"].reshape(1, -1)).T
    return output


def inner_product_backward(output, input, layer, param):
    d = output["diff"]
    param_grad = {"w": (d @ input["data"].T).T, "b": d.sum(axis=1).reshape(param["b"].shape)}
    return param_grad, param["w"] @ d
