"""Max pooling of the handout's im2col columns."""

import numpy as np


def columns(input, n, layer):
    h, w, c = input["height"], input["width"], input["channel"]
    k, s, p = layer["k"], layer["stride"], layer["pad"]
    img = np.pad(input["data"][:, n].reshape(h, w, c), ((p, p), (p, p), (0, 0)), constant_values=-np.inf)
    h_out, w_out = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
    windows = [img[i * s : i * s + k, j * s : j * s + k] for i in range(h_out) for j in range(w_out)]
    return np.stack(windows).reshape(h_out * w_out, k * k, c), img.shape, h_out, w_out


def pooling_layer_forward(input, layer):
    out = []
    for n in range(input["batch_size"]):
        col, _, h_out, w_out = columns(input, n, layer)
        out.append(col.max(axis=1).reshape(-1))
    sizes = {"channel": input["channel"], "batch_size": input["batch_size"]}
    return {"height": h_out, "width": w_out, **sizes, "data": np.array(out).T}


def pooling_layer_backward(output, input, layer):
    k, s, p = layer["k"], layer["stride"], layer["pad"]
    c = input["channel"]
    input_od = np.zeros(input["data"].shape)
    for n in range(input["batch_size"]):
        col, shape, h_out, w_out = columns(input, n, layer)
        best = col.argmax(axis=1)
        diff = output["diff"][:, n].reshape(h_out, w_out, c)
        grad = np.zeros(shape)
        for i in range(h_out):
            for j in range(w_out):
                a, b = np.divmod(best[i * w_out + j], k)
                grad[i * s + a, j * s + b, np.arange(c)] += diff[i, j]
        grad = grad[p : p + input["height"], p : p + input["width"]]
        input_od[:, n] = grad.ravel()
    return input_od
