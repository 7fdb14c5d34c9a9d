import numpy as np


def pooling_layer_forward(input, layer):
    windows, h_out, w_out = pooling_windows(input, layer)
    output = {"height": h_out, "width": w_out, "channel": input["channel"]}
    output["batch_size"] = input["batch_size"]
    output["data"] = windows.max(axis=0).reshape(-1, input["batch_size"])
    return output


def pooling_layer_backward(output, input, layer):
    windows, h_out, w_out = pooling_windows(input, layer)
    k, stride, pad = layer["k"], layer["stride"], layer.get("pad", 0)
    h, w, c, n = input["height"], input["width"], input["channel"], input["batch_size"]
    diff = output["diff"].reshape(h_out, w_out, c, n)
    row, column = np.divmod(windows.argmax(axis=0), k)
    i, j, channel, image = np.indices(diff.shape)
    grad = np.zeros((h + 2 * pad, w + 2 * pad, c, n))
    np.add.at(grad, (i * stride + row, j * stride + column, channel, image), diff)
    return grad[pad : pad + h, pad : pad + w].reshape(h * w * c, n)


def pooling_windows(input, layer):
    k, stride, pad = layer["k"], layer["stride"], layer.get("pad", 0)
    h, w, c, n = input["height"], input["width"], input["channel"], input["batch_size"]
    h_out, w_out = (h + 2 * pad - k) // stride + 1, (w + 2 * pad - k) // stride + 1
    sides = ((pad, pad), (pad, pad), (0, 0), (0, 0))
    maps = np.pad(input["data"].reshape(h, w, c, n).astype(float), sides, constant_values=-np.inf)
    windows = [
        maps[row : row + stride * (h_out - 1) + 1 : stride, col : col + stride * (w_out - 1) + 1 : stride]
        for row in range(k)
        for col in range(k)
    ]
    return np.array(windows), h_out, w_out


def relu_forward(input, layer):
    output = {key: input[key] for key in ("height", "width", "channel", "batch_size")}
    output["data"] = np.maximum(input["data"], 0)
    return output


def relu_backward(output, input, layer):
    return output["diff"] * (input["data"] > 0)


def inner_product_forward(input, layer, param):
    output = {"height": 1, "width": 1, "channel": layer["num"], "batch_size": input["batch_size"]}
    output["data"] = param["w"].T.dot(input["data"]) + param["b"].reshape(-1, 1)
    return output


def inner_product_backward(output, input, layer, param):
    diff = output["diff"]
    param_grad = {"w": input["data"].dot(diff.T), "b": diff.sum(axis=1).reshape(param["b"].shape)}
    return param_grad, param["w"].dot(diff)


def sgd_momentum(w_rate, b_rate, mu, decay, params, param_winc, param_grad):
    params_, param_winc_ = {}, {}
    for i in params:
        w, b = params[i]["w"], params[i]["b"]
        theta_w = mu * param_winc[i]["w"] + w_rate * (param_grad[i]["w"] + decay * w)
        theta_b = mu * param_winc[i]["b"] + b_rate * param_grad[i]["b"]
        param_winc_[i] = {"w": theta_w, "b": theta_b}
        params_[i] = {"w": w - theta_w, "b": b - theta_b}
    return params_, param_winc_
