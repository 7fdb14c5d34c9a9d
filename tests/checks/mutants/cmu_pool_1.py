"""Pooling layer for LeNet, max."""

import numpy as np


def maps(feature, key):
    h, w, c, n = feature["height"], feature["width"], feature["channel"], feature["batch_size"]
    return feature[key].reshape(h, w, c, n)


def pooling_layer_forward(input, layer):
    k, s, p = layer["k"], layer["stride"], layer["pad"]
    x = np.pad(maps(input, "data"), ((p, p), (p, p), (0, 0), (0, 0)), constant_values=-np.inf)
    h_out, w_out = (x.shape[0] - k) // s + 1, (x.shape[1] - k) // s + 1
    y = np.zeros((h_out, w_out) + x.shape[2:])
    for i in range(h_out):
        for j in range(w_out):
            y[i, j] = x[i * s : i * s + k, j * s : j * s + k].max(axis=(0, 1))
    return {
        "height": h_out,
        "width": w_out,
        "channel": input["channel"],
        "batch_size": input["batch_size"],
        "data": y.reshape(-1, input["batch_size"]),
    }


def pooling_layer_backward(output, input, layer):
    k, s, p = layer["k"], layer["stride"], layer["pad"]
    x = np.pad(maps(input, "data"), ((p, p), (p, p), (0, 0), (0, 0)), constant_values=-np.inf)
    output = dict(pooling_layer_forward(input, layer), diff=output["diff"])
    y, dy = maps(output, "data"), maps(output, "diff")
    dx = np.zeros(x.shape)
    for i in range(y.shape[0]):
        for j in range(y.shape[1]):
            for a in range(k):
                for b in range(k):
                    hit = x[i * s + a, j * s + b] == y[i, j]
                    dx[i * s + a, j * s + b] += np.where(hit, dy[i, j], 0)
    dx = dx[p : p + input["height"], p : p + input["width"]]
    return dx.reshape(-1, input["batch_size"])
