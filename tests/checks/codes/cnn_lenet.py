# ruff: noqa
# fmt: off
import numpy as np


def im2col_conv(input_n, layer, h_out, w_out):
    h, w, c = input_n["height"], input_n["width"], input_n["channel"]
    k, stride, pad = layer["k"], layer["stride"], layer["pad"]
    im = np.pad(input_n["data"].reshape(h, w, c), ((pad, pad), (pad, pad), (0, 0)))
    col = np.zeros((k * k * c, h_out * w_out))
    for i in range(h_out):
        for j in range(w_out):
            col[:, i * w_out + j] = im[i * stride : i * stride + k, j * stride : j * stride + k].reshape(-1)
    return col


def col2im_conv(col, input, layer, h_out, w_out):
    h, w, c = input["height"], input["width"], input["channel"]
    k, stride, pad = layer["k"], layer["stride"], layer["pad"]
    im = np.zeros((h + 2 * pad, w + 2 * pad, c))
    for i in range(h_out):
        for j in range(w_out):
            patch = col[:, i * w_out + j].reshape(k, k, c)
            im[i * stride : i * stride + k, j * stride : j * stride + k] += patch
    return im[pad : pad + h, pad : pad + w].reshape(-1)


def sizes(input, layer):
    k, stride, pad = layer["k"], layer["stride"], layer["pad"]
    return (input["height"] + 2 * pad - k) // stride + 1, (input["width"] + 2 * pad - k) // stride + 1


def conv_layer_forward(input, layer, param):
    h_out, w_out = sizes(input, layer)
    num, n = layer["num"], input["batch_size"]
    data = np.zeros((h_out * w_out * num, n))
    for b in range(n):
        one = dict(input, data=input["data"][:, b])
        col = im2col_conv(one, layer, h_out, w_out)
        data[:, b] = (col.T @ param["w"] + param["b"]).reshape(-1)
    return {"height": h_out, "width": w_out, "channel": num, "batch_size": n, "data": data}


def conv_layer_backward(output, input, layer, param):
    h_out, w_out, num = output["height"], output["width"], layer["num"]
    grad = {"w": np.zeros(param["w"].shape), "b": np.zeros(param["b"].shape)}
    od = np.zeros(input["data"].shape)
    for b in range(input["batch_size"]):
        col = im2col_conv(dict(input, data=input["data"][:, b]), layer, h_out, w_out)
        diff = output["diff"][:, b].reshape(h_out * w_out, num)
        grad["w"] += col @ diff
        grad["b"] += diff.sum(axis=0)
        od[:, b] = col2im_conv(param["w"] @ diff.T, input, layer, h_out, w_out)
    return grad, od


def inner_product_forward(input, layer, param):
    data = param["w"].T @ input["data"] + param["b"].reshape(-1, 1)
    return {"height": 1, "width": 1, "channel": layer["num"], "batch_size": input["batch_size"], "data": data}


def inner_product_backward(output, input, layer, param):
    diff = output["diff"]
    grad = {"w": input["data"] @ diff.T, "b": diff.sum(axis=1)}
    return grad, param["w"] @ diff


def relu_forward(input, layer):
    return dict(input, data=np.maximum(input["data"], 0))


def relu_backward(output, input, layer):
    return output["diff"] * (input["data"] > 0)


def elu_forward(input, layer):
    x = input["data"]
    return dict(input, data=np.where(x > 0, x, np.exp(x) - 1))


def elu_backward(output, input, layer):
    x = input["data"]
    return output["diff"] * np.where(x > 0, 1, np.exp(x))


def mlrloss(wb, X, y, K, prediction):
    n = X.shape[1]
    scores = np.vstack([wb[:-1].T @ X + wb[-1][:, None], np.zeros((1, n))])
    scores = scores - scores.max(axis=0)
    p = np.exp(scores) / np.exp(scores).sum(axis=0)
    nll = -np.log(p[y, np.arange(n)]).sum()
    d = p.copy()
    d[y, np.arange(n)] -= 1
    d = d[:-1]
    g = np.vstack([X @ d.T, d.sum(axis=1)])
    return nll, g, wb[:-1] @ d, (scores.argmax(axis=0) == y).mean()


def sgd_momentum(w_rate, b_rate, mu, decay, params, param_winc, param_grad):
    new, winc = {}, {}
    for i in params:
        w = mu * param_winc[i]["w"] + w_rate * (param_grad[i]["w"] + decay * params[i]["w"])
        b = mu * param_winc[i]["b"] + b_rate * param_grad[i]["b"]
        winc[i] = {"w": w, "b": b}
        new[i] = {"w": params[i]["w"] - w, "b": params[i]["b"] - b}
    return new, winc
