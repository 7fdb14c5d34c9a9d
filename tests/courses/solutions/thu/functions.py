import numpy as np


def conv2d_forward(input, W, b, kernel_size, pad):
    windows = windows_of(input, kernel_size, pad)
    return np.tensordot(windows, W, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + b[:, None, None]


def conv2d_backward(input, grad_output, W, b, kernel_size, pad):
    windows = windows_of(input, kernel_size, pad)
    grad_W = np.tensordot(grad_output, windows, axes=([0, 2, 3], [0, 2, 3]))
    turned = W[:, :, ::-1, ::-1]
    full = windows_of(grad_output, kernel_size, kernel_size - 1)
    grad_padded = np.tensordot(full, turned, axes=([1, 4, 5], [0, 2, 3])).transpose(0, 3, 1, 2)
    h, w = input.shape[2:]
    return grad_padded[:, :, pad : pad + h, pad : pad + w], grad_W, grad_output.sum(axis=(0, 2, 3))


def avgpool2d_forward(input, kernel_size, pad):
    k = kernel_size
    return windows_of(input, k, pad)[:, :, ::k, ::k].mean(axis=(4, 5))


def avgpool2d_backward(input, grad_output, kernel_size, pad):
    k = kernel_size
    n, c, h, w = input.shape
    grad = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    spread = grad_output.repeat(k, axis=2).repeat(k, axis=3) / (k * k)
    grad[:, :, : spread.shape[2], : spread.shape[3]] = spread
    return grad[:, :, pad : pad + h, pad : pad + w]


def windows_of(input, kernel_size, pad):
    padded = np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    return np.lib.stride_tricks.sliding_window_view(padded, (kernel_size, kernel_size), axis=(2, 3))
