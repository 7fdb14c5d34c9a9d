import numpy as np


class Convolution:
    def forward(self, inputs):
        windows = windows_of(inputs, (self.kernel_h, self.kernel_w), self.stride, self.pad)
        outputs = np.tensordot(windows, self.weights, axes=([1, 4, 5], [1, 2, 3]))
        return outputs.transpose(0, 3, 1, 2) + self.bias[:, None, None]

    def backward(self, in_grads, inputs):
        windows = windows_of(inputs, (self.kernel_h, self.kernel_w), self.stride, self.pad)
        self.w_grad = np.tensordot(in_grads, windows, axes=([0, 2, 3], [0, 2, 3]))
        self.b_grad = in_grads.sum(axis=(0, 2, 3))
        shares = np.tensordot(in_grads, self.weights, axes=([1], [0]))  # (N, H', W', C, kh, kw)
        return added_up(shares.transpose(0, 3, 1, 2, 4, 5), inputs.shape, self.stride, self.pad)


def windows_of(inputs, sides, stride, pad):
    padded = np.pad(inputs, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
    windows = np.lib.stride_tricks.sliding_window_view(padded, sides, axis=(2, 3))
    return windows[:, :, ::stride, ::stride]


def added_up(shares, shape, stride, pad):
    n, c, h, w = shape
    grads = np.zeros((n, c, h + 2 * pad, w + 2 * pad))
    rows, columns, height, width = shares.shape[2:]
    for i in range(height):
        for j in range(width):
            down = slice(i, i + stride * (rows - 1) + 1, stride)
            across = slice(j, j + stride * (columns - 1) + 1, stride)
            grads[:, :, down, across] += shares[:, :, :, :, i, j]
    return grads[:, :, pad : pad + h, pad : pad + w]


class FCLayer:
    def forward(self, inputs):
        return np.dot(inputs, self.weights) + self.bias

    def backward(self, in_grads, inputs):
        rows, grads = inputs.reshape(-1, inputs.shape[-1]), in_grads.reshape(-1, in_grads.shape[-1])
        self.w_grad = rows.T.dot(grads)
        self.b_grad = grads.sum(axis=0)
        return np.dot(in_grads, self.weights.T)


class Pooling:
    def forward(self, inputs):
        windows = windows_of(inputs, (self.pool_height, self.pool_width), self.stride, self.pad)
        return windows.max(axis=(4, 5)) if self.pool_type == "max" else windows.mean(axis=(4, 5))

    def backward(self, in_grads, inputs):
        windows = windows_of(inputs, (self.pool_height, self.pool_width), self.stride, self.pad)
        area = self.pool_height * self.pool_width
        if self.pool_type == "max":
            largest = windows.reshape(*windows.shape[:4], area).argmax(axis=4)
            shares = (np.arange(area) == largest[..., None]) * in_grads[..., None]
        else:
            shares = np.repeat(in_grads[..., None] / area, area, axis=4)
        return added_up(shares.reshape(windows.shape), inputs.shape, self.stride, self.pad)


class Dropout:
    def forward(self, inputs):
        if not self.training:
            return inputs
        if self.seed is not None:
            np.random.seed(self.seed)
        self.mask = (np.random.rand(*inputs.shape) >= self.ratio) / (1 - self.ratio)
        return inputs * self.mask

    def backward(self, in_grads, inputs):
        return in_grads * self.mask if self.training else in_grads
