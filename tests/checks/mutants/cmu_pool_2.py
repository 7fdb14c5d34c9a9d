"""Pooling with the im2col function of the handout."""

import numpy as np


def im2col(img, k, s, h_out, w_out):
    """(k*k*c, h_out*w_out) of one image h x w x c"""
    col = np.zeros((k * k * img.shape[2], h_out * w_out))
    for i in range(h_out):
        for j in range(w_out):
            col[:, i * w_out + j] = img[i * s : i * s + k, j * s : j * s + k].flatten()
    return col


def pooling_layer_forward(input, layer):
    h, w, c, n = input["height"], input["width"], input["channel"], input["batch_size"]
    k, s, p = layer["k"], layer["stride"], layer["pad"]
    h_out, w_out = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
    data = np.zeros((h_out * w_out * c, n))
    for b in range(n):
        img = input["data"][:, b].reshape(h, w, c)
        img = np.pad(img, ((p, p), (p, p), (0, 0)), constant_values=-np.inf)
        col = im2col(img, k, s, h_out, w_out).reshape(c, k * k, h_out * w_out)
        data[:, b] = col.max(axis=1).T.flatten()
    return {"height": h_out, "width": w_out, "channel": c, "batch_size": n, "data": data}


def pooling_layer_backward(output, input, layer):
    h, w, c, n = input["height"], input["width"], input["channel"], input["batch_size"]
    k, s, p = layer["k"], layer["stride"], layer["pad"]
    h_out, w_out = (h + 2 * p - k) // s + 1, (w + 2 * p - k) // s + 1
    input_od = np.zeros((h * w * c, n))
    for b in range(n):
        img = input["data"][:, b].reshape(h, w, c)
        img = np.pad(img, ((p, p), (p, p), (0, 0)), constant_values=-np.inf)
        col = im2col(img, k, s, h_out, w_out).reshape(c, k * k, h_out * w_out)
        best = col.argmax(axis=1)
        diff = output["diff"][:, b].reshape(h_out * w_out, c)
        dcol = np.zeros(col.shape)
        for q in range(c):
            dcol[q, best[q], np.arange(h_out * w_out)] = diff[:, q]
        dcol = dcol.reshape(k, k, c, h_out * w_out)
        dimg = np.zeros(img.shape)
        for i in range(h_out):
            for j in range(w_out):
                dimg[i * s : i * s + k, j * s : j * s + k] += dcol[..., i * w_out + j]
        input_od[:, b] = dimg[p : p + h, p : p + w].flatten()
    return input_od
