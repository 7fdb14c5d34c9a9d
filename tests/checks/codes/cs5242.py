# ruff: noqa
# fmt: off
import numpy as np


class Layer:
    def __init__(self, name):
        self.name, self.training, self.trainable = name, True, False

    def set_mode(self, training):
        self.training = training


def im2col(x, KH, KW, stride):
    N, C, H, W = x.shape
    OH, OW = (H - KH) // stride + 1, (W - KW) // stride + 1
    sN, sC, sH, sW = x.strides
    windows = np.lib.stride_tricks.as_strided(
        x, (N, C, OH, OW, KH, KW), (sN, sC, sH * stride, sW * stride, sH, sW)
    )
    return windows.transpose(0, 2, 3, 1, 4, 5).reshape(N * OH * OW, C * KH * KW), OH, OW


class Convolution(Layer):
    def __init__(self, conv_params, initializer=None, name="conv"):
        super().__init__(name)
        self.p = conv_params
        shape = (
            conv_params["out_channel"],
            conv_params["in_channel"],
            conv_params["kernel_h"],
            conv_params["kernel_w"],
        )
        self.weights, self.bias = np.random.normal(0, 0.1, shape), np.zeros(shape[0])
        self.w_grad, self.b_grad = np.zeros(shape), np.zeros(shape[0])

    def forward(self, inputs):
        pad, stride = self.p["pad"], self.p["stride"]
        O, C, KH, KW = self.weights.shape
        padded = np.pad(inputs, ((0, 0), (0, 0), (pad, pad), (pad, pad))) if pad else inputs
        cols, OH, OW = im2col(padded, KH, KW, stride)
        out = cols @ self.weights.reshape(O, -1).T + self.bias
        return out.reshape(len(inputs), OH, OW, O).transpose(0, 3, 1, 2)

    def backward(self, in_grads, inputs):
        pad, stride = self.p["pad"], self.p["stride"]
        N, C, H, W = inputs.shape
        O, C, KH, KW = self.weights.shape
        padded = np.pad(inputs, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        cols, OH, OW = im2col(padded, KH, KW, stride)
        rows = in_grads.transpose(0, 2, 3, 1).reshape(-1, O)
        self.w_grad = (rows.T @ cols).reshape(self.weights.shape)
        self.b_grad = in_grads.sum(axis=(0, 2, 3))
        dcols = (rows @ self.weights.reshape(O, -1)).reshape(N, OH, OW, C, KH, KW)
        out = np.zeros(padded.shape)
        for i in range(OH):
            for j in range(OW):
                out[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW] += dcols[:, i, j]
        return out[:, :, pad : pad + H, pad : pad + W]


class FCLayer(Layer):
    def __init__(self, in_features, out_features, name="fclayer", initializer=None):
        super().__init__(name)
        self.weights = np.random.normal(0, 0.1, (in_features, out_features))
        self.bias = np.random.normal(0, 0.1, out_features)
        self.w_grad, self.b_grad = np.zeros(self.weights.shape), np.zeros(out_features)

    def forward(self, inputs):
        return np.dot(inputs, self.weights) + self.bias

    def backward(self, in_grads, inputs):
        flat = inputs.reshape(-1, inputs.shape[-1])
        grads = in_grads.reshape(-1, in_grads.shape[-1])
        self.w_grad = np.dot(flat.T, grads)
        self.b_grad = np.sum(grads, axis=0)
        return np.dot(in_grads, self.weights.T)


class Pooling(Layer):
    def __init__(self, pool_params, name="pooling"):
        super().__init__(name)
        self.p = pool_params

    def sizes(self, inputs):
        p = self.p
        KH, KW, s, pad = p["pool_height"], p["pool_width"], p["stride"], p["pad"]
        N, C, H, W = inputs.shape
        padded = np.pad(inputs, ((0, 0), (0, 0), (pad, pad), (pad, pad)))
        return KH, KW, s, pad, (H + 2 * pad - KH) // s + 1, (W + 2 * pad - KW) // s + 1, padded

    def forward(self, inputs):
        KH, KW, s, pad, OH, OW, x = self.sizes(inputs)
        N, C = inputs.shape[:2]
        cols, _, _ = im2col(x, KH, KW, s)
        cols = cols.reshape(N, OH, OW, C, KH * KW)
        if self.p["pool_type"] == "max":
            out = cols.max(axis=4)
        else:
            out = cols.sum(axis=4) / (KH * KW)
        return out.transpose(0, 3, 1, 2)

    def backward(self, in_grads, inputs):
        KH, KW, s, pad, OH, OW, x = self.sizes(inputs)
        N, C, H, W = inputs.shape
        out = np.zeros(x.shape)
        for i in range(OH):
            for j in range(OW):
                window = x[:, :, i * s : i * s + KH, j * s : j * s + KW].reshape(N, C, -1)
                share = np.zeros(window.shape)
                if self.p["pool_type"] == "max":
                    np.put_along_axis(
                        share, window.argmax(axis=2)[:, :, None], in_grads[:, :, i, j, None], axis=2
                    )
                else:
                    share += in_grads[:, :, i, j, None] / (KH * KW)
                out[:, :, i * s : i * s + KH, j * s : j * s + KW] += share.reshape(N, C, KH, KW)
        return out[:, :, pad : pad + H, pad : pad + W]


class ReLU(Layer):
    def __init__(self, name="relu"):
        super().__init__(name)

    def forward(self, inputs):
        return np.where(inputs > 0, inputs, 0)

    def backward(self, in_grads, inputs):
        return in_grads * (inputs >= 0)


class Dropout(Layer):
    def __init__(self, ratio, name="dropout", seed=None):
        super().__init__(name)
        self.ratio, self.seed, self.mask = ratio, seed, None

    def forward(self, inputs):
        if not self.training:
            return inputs
        np.random.seed(self.seed)
        self.mask = np.random.random(inputs.shape) >= self.ratio
        return inputs * self.mask / (1 - self.ratio)

    def backward(self, in_grads, inputs):
        if not self.training:
            return in_grads
        return in_grads * self.mask / (1 - self.ratio)


class SoftmaxCrossEntropy:
    def __init__(self, num_class):
        self.num_class = num_class

    def forward(self, inputs, targets):
        shifted = inputs - inputs.max(axis=1, keepdims=True)
        log_sum = np.log(np.exp(shifted).sum(axis=1, keepdims=True))
        log_probs = shifted - log_sum
        loss = -log_probs[np.arange(len(targets)), targets].mean()
        return loss, np.exp(log_probs)

    def backward(self, inputs, targets):
        _, probs = self.forward(inputs, targets)
        out = probs.copy()
        out[np.arange(len(targets)), targets] -= 1
        return out / len(targets)


class L2:
    def __init__(self, w=0.01):
        self.w = w

    def forward(self, params):
        return sum(0.5 * self.w * np.sum(v**2) for k, v in params.items() if "weights" in k)

    def backward(self, params):
        return {k: self.w * v if "weights" in k else np.zeros(v.shape) for k, v in params.items()}


class SGD:
    def __init__(self, lr=0.01, momentum=0, decay=0, sheduler_func=None):
        self.lr, self.momentum, self.decay, self.sheduler_func = lr, momentum, decay, sheduler_func
        self.moments = None

    def update(self, params, grads, iteration):
        if self.decay > 0:
            self.lr *= 1 / (1 + self.decay * iteration)
        if self.sheduler_func:
            self.lr = self.sheduler_func(self.lr, iteration)
        if self.moments is None:
            self.moments = {k: np.zeros_like(v) for k, v in params.items()}
        for k in params:
            self.moments[k] = self.momentum * self.moments[k] + grads[k]
            params[k] = params[k] - self.lr * self.moments[k]
        return params
