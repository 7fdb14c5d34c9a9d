"""functions.py: conv2d_forward and conv2d_backward."""

import numpy as np


def conv2d_forward(input, W, b, kernel_size, pad):
    n, c_in, h, w = input.shape
    x = np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    h_out, w_out = h + 2 * pad - kernel_size + 1, w + 2 * pad - kernel_size + 1
    output = np.zeros((n, W.shape[0], h_out, w_out))
    for i in range(kernel_size):
        for j in range(kernel_size):
            kernel = W[:, :, kernel_size - 1 - i, kernel_size - 1 - j]
            output += np.einsum("nchw,oc->nohw", x[:, :, i : i + h_out, j : j + w_out], kernel)
    return output + b.reshape(1, -1, 1, 1)


def conv2d_backward(input, grad_output, W, b, kernel_size, pad):
    x = np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad)), "constant")
    h_out, w_out = grad_output.shape[2:]
    grad_x = np.zeros(x.shape)
    grad_W = np.zeros(W.shape)
    for i in range(kernel_size):
        for j in range(kernel_size):
            grad_W[:, :, i, j] = np.einsum(
                "nchw,nohw->oc", x[:, :, i : i + h_out, j : j + w_out], grad_output
            )
            grad_x[:, :, i : i + h_out, j : j + w_out] += np.einsum(
                "nohw,oc->nchw", grad_output, W[:, :, i, j]
            )
    grad_b = grad_output.sum(axis=(0, 2, 3))
    return grad_x[:, :, pad : pad + input.shape[2], pad : pad + input.shape[3]], grad_W, grad_b
