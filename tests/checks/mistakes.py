# ruff: noqa: E501  (a row of the table is a line)
"""Mistakes made on purpose in the right code of tests/checks/codes: one replaced piece of text each."""

from dataclasses import dataclass
from pathlib import Path

CODES = Path(__file__).parent / "codes"
COURSES = {
    "nn_layers": "hw5",
    "cs5242": "cs5242",
    "thu": "thu",
    "cnn_lenet": "cmu10601",
    "Project3": "project3",
    "plain": "plain",
}


@dataclass(frozen=True)
class Mistake:
    file: str
    name: str
    cause: str
    old: str
    new: str
    which: int = 0  # the piece of text may stand in several places

    def __str__(self) -> str:
        return f"{self.file}-{self.name}-{self.cause}-{self.new[:30]}"

    def write(self, folder: Path) -> Path:
        text = (CODES / f"{self.file}.py").read_text(encoding="utf-8")
        parts = text.split(self.old)
        assert len(parts) > self.which + 1, self
        head, tail = self.old.join(parts[: self.which + 1]), self.old.join(parts[self.which + 1 :])
        file = folder / f"{self.file}.py"
        file.write_text(head + self.new + tail, encoding="utf-8")
        return file


H, C, T, L, P, G = "nn_layers", "cs5242", "thu", "cnn_lenet", "Project3", "plain"
CONV, POOL, RELU, FC = "nn_convolutional_layer", "nn_max_pooling_layer", "nn_activation_layer", "nn_fc_layer"
SOFT, XENT = "nn_softmax_layer", "nn_cross_entropy_layer"

MISTAKES = [
    Mistake(*row)
    for row in (
        # a factor
        (H, CONV, "gradient-divided-by-batch", "return dLdx, dLdW, dLdb", "return dLdx, dLdW / N, dLdb / N"),
        (H, FC, "gradient-divided-by-batch", "dLdW = dLdy.T @ flat", "dLdW = dLdy.T @ flat / len(x)"),
        (C, "FCLayer", "gradient-divided-by-batch", "np.sum(grads, axis=0)", "np.mean(grads, axis=0)"),
        (L, "conv_layer_backward", "gradient-divided-by-batch", "return grad, od",
         "return {k: v / input['batch_size'] for k, v in grad.items()}, od"),
        (P, "MLP", "hard-coded-size", "da2 = self.y_hat - y", "da2 = (self.y_hat - y) / 256"),
        (H, XENT, "gradient-divided-twice", "return dLdx / len(y)", "return dLdx / len(y) / len(y)"),
        (T, "SoftmaxCrossEntropyLoss", "gradient-divided-twice", "(p - target) / len(input)",
         "(p - target) / len(input) ** 2"),
        (H, XENT, "gradient-not-divided-by-batch", "return dLdx / len(y)", "return dLdx"),
        (T, "EuclideanLoss", "gradient-not-divided-by-batch", "return (input - target) / len(input)",
         "return input - target"),
        (T, "SoftmaxCrossEntropyLoss", "gradient-not-divided-by-batch", "np.sum(target * logs) / len(input)",
         "np.sum(target * logs)"),
        # axes
        (C, "FCLayer", "summed-over-wrong-axis", "np.sum(grads, axis=0)", "np.sum(grads, axis=1)"),
        (C, "FCLayer", "summed-over-wrong-axis", "np.sum(grads, axis=0)", "np.sum(grads)"),
        (H, SOFT, "summed-over-wrong-axis", "e / e.sum(axis=1, keepdims=True)", "e / e.sum(axis=0, keepdims=True)"),
        (H, SOFT, "summed-over-wrong-axis", "e / e.sum(axis=1, keepdims=True)", "e / e.sum()"),
        (G, "BatchNorm", "summed-over-wrong-axis", "self.dbeta = dout.sum(axis=0)", "self.dbeta = dout.sum(axis=1)"),
        (C, "Convolution", "summed-over-wrong-axis", "in_grads.sum(axis=(0, 2, 3))", "in_grads.sum(axis=(1, 2, 3))"),
        (T, "Linear", "summed-over-wrong-axis", "grad_output.sum(axis=0)", "grad_output[0]"),
        (L, "conv_layer_backward", "summed-over-wrong-axis", 'grad["w"] += col @ diff', 'grad["w"] = col @ diff'),
        # transposed
        (H, FC, "weight-transposed", "dLdx = dLdy @ self.W", "dLdx = dLdy @ self.W.T"),
        (H, FC, "weight-transposed", "flat @ self.W.T + self.b", "flat @ self.W + self.b"),
        (H, FC, "weight-transposed", "dLdW = dLdy.T @ flat", "dLdW = flat.T @ dLdy"),
        (H, FC, "weight-transposed", "flat @ self.W.T + self.b", "flat @ self.W.reshape(-1, len(self.W)) + self.b"),
        (L, "inner_product_forward", "weight-transposed", 'return grad, param["w"] @ diff', 'return grad, param["w"].T @ diff'),
        (P, "MLP", "weight-transposed", "np.outer(da2, self.f1)", "np.outer(self.f1, da2).reshape(10, 64)"),
        # convolutions
        (H, CONV, "kernel-flipped", "np.sum(window * self.W[o])", "np.sum(window * self.W[o][:, ::-1, ::-1])"),
        (T, "conv2d_forward", "kernel-flipped", "patch, W[:, :, i, j])\n    return",
         "patch, W[:, :, -1 - i, -1 - j])\n    return"),
        (T, "conv2d_backward", "kernel-flip-wrong-in-dx", "W[:, :, ::-1, ::-1].transpose", "W.transpose"),
        (T, "conv2d_backward", "kernel-flip-wrong-in-dx", "W[:, :, ::-1, ::-1]", "W[:, :, ::-1]"),
        (C, "Convolution", "padding-ignored-in-backward", "return out[:, :, pad : pad + H, pad : pad + W]",
         "return out[:, :, :H, :W]"),
        (C, "Convolution", "padding-ignored-in-backward", "return out[:, :, pad : pad + H, pad : pad + W]", "return out"),
        (G, "conv_forward_naive", "padding-ignored-in-backward", "dxp[:, :, p : p + x.shape[2], p : p + x.shape[3]]",
         "dxp[:, :, : x.shape[2], : x.shape[3]]"),
        (L, "conv_layer_backward", "padding-ignored-in-backward", "im[pad : pad + h, pad : pad + w]", "im[:h, :w]"),
        (C, "Convolution", "stride-ignored-in-backward",
         "out[:, :, i * stride : i * stride + KH, j * stride : j * stride + KW]",
         "out[:, :, i : i + KH, j : j + KW]"),
        (G, "Conv2d", "stride-ignored-in-backward",
         "rows, columns = slice(i * s, i * s + k), slice(j * s, j * s + k)",
         "rows, columns = slice(i, i + k), slice(j, j + k)"),
        (H, CONV, "bias-missing", "return y + self.b", "return y"),
        (L, "conv_layer_forward", "bias-missing", 'col.T @ param["w"] + param["b"]', 'col.T @ param["w"]'),
        (H, CONV, "bias-gradient-missing-spatial-sum", "dLdy.sum(axis=(0, 2, 3))", "dLdy[:, :, 0, 0].sum(axis=0)"),
        (C, "Convolution", "bias-gradient-missing-spatial-sum", "in_grads.sum(axis=(0, 2, 3))", "in_grads.sum(axis=0)"),
        (C, "Convolution", "bias-gradient-missing-spatial-sum", "in_grads.sum(axis=(0, 2, 3))",
         "in_grads.sum(axis=(0, 2))"),
        (L, "conv_layer_backward", "bias-gradient-missing-spatial-sum", "diff.sum(axis=0)", "diff[0]"),
        (C, "Convolution", "im2col-wrong-strides", "sN, sC, sH, sW = x.strides",
         "sN, sC, sH, sW = (8 * C * H * W, 8 * H * W, 8 * W, 8)"),
        (C, "Convolution", "im2col-wrong-strides", "sW * stride, sH, sW)", "sW, sH, sW)"),
        (C, "Convolution", "hard-coded-size", "reshape(len(inputs), OH, OW, O)", "reshape(100, OH, OW, O)"),
        (H, CONV, "hard-coded-size", "np.zeros((N, O, H - KH + 1, W - KW + 1))", "np.zeros((N, O, 26, 26))"),
        (H, FC, "hard-coded-size", "return flat @", "return flat.reshape(-1, 784) @"),
        (H, XENT, "hard-coded-size", "return dLdx / len(y)", "return dLdx / 32"),
        (C, "SoftmaxCrossEntropy", "hard-coded-size", "log_probs[np.arange(len(targets)), targets]",
         "log_probs[np.arange(100), targets]"),
        # pooling
        (C, "Pooling", "max-pool-gradient-to-every-tie",
         """np.put_along_axis(
                        share, window.argmax(axis=2)[:, :, None], in_grads[:, :, i, j, None], axis=2
                    )""",
         "share += (window == window.max(axis=2, keepdims=True)) * in_grads[:, :, i, j, None]"),
        (H, POOL, "max-pool-gradient-misplaced", "dLdx[n, c, i * s + row, j * s + column] +=",
         "dLdx[n, c, i * s + row, j * s + column] ="),
        (C, "Pooling", "max-pool-gradient-misplaced", "j * s : j * s + KW] += share", "j * s : j * s + KW] = share"),
        (H, POOL, "max-pool-gradient-misplaced", "window.argmax()", "window.argmin()"),
        (H, POOL, "stride-ignored-in-backward", "dLdx[n, c, i * s + row, j * s + column]", "dLdx[n, c, i + row, j + column]"),
        (C, "Pooling", "max-pool-mixes-channels-and-window", "cols.reshape(N, OH, OW, C, KH * KW)",
         "cols.reshape(N, OH, OW, KH * KW, C).swapaxes(3, 4)"),
        (C, "Pooling", "average-pool-not-divided", "out = cols.sum(axis=4) / (KH * KW)", "out = cols.sum(axis=4)"),
        (C, "Pooling", "average-pool-not-divided", "share += in_grads[:, :, i, j, None] / (KH * KW)",
         "share += in_grads[:, :, i, j, None]"),
        (T, "avgpool2d_forward", "average-pool-not-divided", ".mean(axis=(3, 5))", ".sum(axis=(3, 5))"),
        (T, "avgpool2d_backward", "average-pool-not-divided", "/ (k * k)", "/ k"),
        # softmax and losses
        (H, SOFT, "softmax-overflow", "np.exp(x - x.max(axis=1, keepdims=True))", "np.exp(x)"),
        (C, "SoftmaxCrossEntropy", "softmax-overflow", "inputs - inputs.max(axis=1, keepdims=True)", "inputs"),
        (P, "softmax", "softmax-overflow", "np.exp(x - x.max(axis=-1, keepdims=True))", "np.exp(x)"),
        (L, "mlrloss", "softmax-overflow", "scores = scores - scores.max(axis=0)", "pass"),
        (H, SOFT, "softmax-jacobian-diagonal", "dLdx[n] = jacobian @ dLdy[n]", "dLdx[n] = y[n] * (1 - y[n]) * dLdy[n]"),
        (H, SOFT, "softmax-jacobian-diagonal", "- np.outer(y[n], y[n])", ""),
        (H, XENT, "log-of-zero", "np.log(picked + 1e-12)", "np.log(picked)"),
        (P, "CrossEntropy", "log-of-zero", "np.log(y_hat + 1e-12)", "np.log(y_hat)"),
        (C, "SoftmaxCrossEntropy", "log-of-zero", "log_probs = shifted - log_sum",
         "log_probs = np.log(np.exp(shifted) / np.exp(log_sum))"),
        # activations
        (H, RELU, "relu-mask-from-gradient", "return dLdy * (x > 0)", "return dLdy * (dLdy > 0)"),
        (C, "ReLU", "relu-mask-from-gradient", "in_grads * (inputs >= 0)", "np.maximum(in_grads, 0)"),
        (T, "Sigmoid", "activation-derivative-wrong", "self.output * (1 - self.output)", "(1 - self.output)"),
        (T, "Relu", "activation-derivative-wrong", "return grad_output * (self.saved > 0)", "return grad_output"),
        (L, "elu_forward", "activation-derivative-wrong", "np.where(x > 0, 1, np.exp(x))", "np.where(x > 0, 1, np.exp(x) - 1)"),
        (G, "Tanh", "activation-derivative-wrong", "(1 - self.y**2)", "(1 - self.y) ** 2"),
        (P, "MLP", "activation-derivative-wrong", "* self.f1 * (1 - self.f1)", "* (1 - self.f1)"),
        (P, "MLP", "activation-derivative-wrong", "* self.f1 * (1 - self.f1)", ""),
        # dropout
        (C, "Dropout", "dropout-not-rescaled", "return inputs * self.mask / (1 - self.ratio)", "return inputs * self.mask"),
        (C, "Dropout", "dropout-not-rescaled", "return in_grads * self.mask / (1 - self.ratio)", "return in_grads * self.mask"),
        (C, "Dropout", "dropout-not-rescaled", "return inputs * self.mask / (1 - self.ratio)",
         "return inputs * self.mask / self.ratio"),
        (C, "Dropout", "dropout-in-evaluation", "if not self.training:\n            return inputs", "if False:\n            return inputs"),
        (C, "Dropout", "dropout-in-evaluation", "return inputs\n", "return inputs * (1 - self.ratio)\n"),
        (C, "Dropout", "dropout-new-mask-in-backward", "return in_grads * self.mask /",
         "return in_grads * (np.random.random(in_grads.shape) >= self.ratio) /"),
        # behaviour
        (H, RELU, "input-modified", "return np.maximum(x, 0)", "x[x < 0] = 0\n        return x"),
        (C, "SoftmaxCrossEntropy", "input-modified", "shifted = inputs - inputs.max(axis=1, keepdims=True)",
         "inputs -= inputs.max(axis=1, keepdims=True); shifted = inputs"),
        (H, FC, "input-modified", "dLdx = dLdy @ self.W", "dLdy /= 2; dLdy *= 3; dLdx = dLdy @ self.W"),
        (C, "Convolution", "gradients-accumulated", "self.w_grad = (rows.T @ cols)", "self.w_grad += (rows.T @ cols)"),
        (T, "Linear", "gradients-accumulated", "self.grad_b = grad_output", "self.grad_b += grad_output"),
        (P, "MLP", "gradients-accumulated", "self.W1_grad = self.b1_grad = self.W2_grad = self.b2_grad = 0",
         "self.W1_grad = getattr(self, 'W1_grad', 0)\n        self.b1_grad = self.W2_grad = self.b2_grad = 0"),
        (T, "avgpool2d_forward", "integer-division", ".mean(axis=(3, 5))", ".sum(axis=(3, 5)) // (k * k)"),
        (C, "Pooling", "integer-division", "in_grads[:, :, i, j, None] / (KH * KW)", "in_grads[:, :, i, j, None] // (KH * KW)"),
        (H, CONV, "integer-division", "np.zeros((N, O, H - KH + 1, W - KW + 1))", "np.zeros((N, O, H - KH + 1, W - KW + 1), x.dtype)"),
        (T, "EuclideanLoss", "integer-division", "/ len(input)", "// len(input)"),
        (T, "EuclideanLoss", "integer-division", "return 0.5 *", "return (1 // 2) *"),
        (H, RELU, "view-returned", "return np.maximum(x, 0)",
         "self.y = getattr(self, 'y', np.zeros(x.shape))\n        self.y[...] = np.maximum(x, 0)\n        return self.y"),
        # batch norm and updates
        (G, "BatchNorm", "batch-norm-dx-terms-missing", "N * dout - self.dbeta - self.hat * self.dgamma", "N * dout"),
        (G, "BatchNorm", "batch-norm-dx-terms-missing", "N * dout - self.dbeta - self.hat * self.dgamma",
         "N * dout - self.hat * self.dgamma"),
        (C, "SGD", "momentum-sign-wrong", "self.momentum * self.moments[k] + grads[k]", "self.momentum * self.moments[k] - grads[k]"),
        (T, "Linear", "momentum-sign-wrong", "self.W = self.W - lr", "self.W = self.W + lr"),
        (L, "sgd_momentum", "momentum-sign-wrong", "w = mu * param_winc", "w = -mu * param_winc"),
        (C, "SGD", "momentum-rate-misplaced", "self.moments[k] + grads[k]\n            params[k] = params[k] - self.lr * self.moments[k]",
         "self.moments[k] + self.lr * grads[k]\n            params[k] = params[k] - self.moments[k]"),
        (T, "Linear", "momentum-rate-misplaced", "mm * self.diff_W + (", "mm * self.diff_W + (1 - mm) * ("),
        (L, "sgd_momentum", "weight-decay-on-bias", 'b_rate * param_grad[i]["b"]', 'b_rate * (param_grad[i]["b"] + decay * params[i]["b"])'),
        (C, "L2", "weight-decay-on-bias", 'for k, v in params.items() if "weights" in k)', "for k, v in params.items())"),
        (T, "Linear", "weight-decay-on-bias", "self.grad_b + wd * self.b", "self.grad_b"),
        # signs
        (H, XENT, "gradient-sign-wrong", "= -1 / (x", "= 1 / (x"),
        (T, "EuclideanLoss", "gradient-sign-wrong", "return (input - target)", "return (target - input)"),
        (P, "MLP", "gradient-sign-wrong", "da2 = self.y_hat - y", "da2 = y - self.y_hat"),
        (L, "mlrloss", "gradient-sign-wrong", "d = d[:-1]", "d = -d[:-1]"),
        # the same causes in other clothes
        (H, CONV, "gradient-divided-by-batch", "return dLdx, dLdW", "dLdx /= N\n        return dLdx, dLdW"),
        (T, "conv2d_backward", "gradient-divided-by-batch", "grad_output.sum(axis=(0, 2, 3))", "grad_output.sum(axis=(2, 3)).mean(axis=0)"),
        (H, FC, "gradient-divided-twice", "dLdW = dLdy.T @ flat", "dLdW = dLdy.T @ flat / len(x) / len(x)"),
        (L, "mlrloss", "gradient-divided-by-batch", "d = d[:-1]", "d = d[:-1] / n"),
        (C, "SoftmaxCrossEntropy", "gradient-not-divided-by-batch", "targets].mean()", "targets].sum()"),
        (G, "softmax_loss", "gradient-not-divided-by-batch", ", dx / N", ", dx"),
        (T, "SoftmaxCrossEntropyLoss", "summed-over-wrong-axis", "np.exp(shifted).sum(axis=1, keepdims=True)", "np.exp(shifted).sum(axis=0, keepdims=True)"),
        (H, SOFT, "summed-over-wrong-axis", "e.sum(axis=1, keepdims=True)", "e.sum(axis=1)"),
        (G, "BatchNorm", "summed-over-wrong-axis", "x.mean(axis=0), x.var(axis=0)", "x.mean(), x.var()"),
        (G, "BatchNorm", "summed-over-wrong-axis", "self.dgamma = (dout * self.hat).sum(axis=0)", "self.dgamma = (dout * self.hat).sum()"),
        (L, "mlrloss", "summed-over-wrong-axis", "np.exp(scores).sum(axis=0)", "np.exp(scores).sum()"),
        (P, "MLP", "summed-over-wrong-axis", "self.b1_grad + da1", "self.b1_grad + da1.sum()"),
        (L, "inner_product_backward", "summed-over-wrong-axis", "diff.sum(axis=1)", "diff.sum(axis=0)"),
        (C, "FCLayer", "weight-transposed", "np.dot(in_grads, self.weights.T)", "np.dot(in_grads, self.weights)"),
        (C, "FCLayer", "weight-transposed", "np.dot(flat.T, grads)", "np.dot(grads.T, flat)"),
        (T, "Linear", "weight-transposed", "np.dot(grad_output, self.W.T)", "np.dot(grad_output, self.W.reshape(self.W.shape[::-1]))"),
        (L, "conv_layer_forward", "weight-transposed", 'col.T @ param["w"]', 'col.T @ param["w"].reshape(param["w"].shape[::-1]).T'),
        (P, "MLP", "weight-transposed", "self.W2.T @ da2", "self.W2.reshape(64, 10) @ da2"),
        (H, CONV, "weight-transposed", "np.sum(window * self.W[o])", "np.sum(window * self.W[o].transpose(0, 2, 1))"),
        (C, "Convolution", "kernel-flipped", "cols @ self.weights.reshape(O, -1).T", "cols @ self.weights[:, :, ::-1, ::-1].reshape(O, -1).T"),
        (L, "conv_layer_forward", "kernel-flipped", 'col.T @ param["w"]', 'col.T @ param["w"].reshape(layer["k"], layer["k"], -1)[::-1, ::-1].reshape(param["w"].shape)'),
        (H, CONV, "kernel-flip-wrong-in-dx", "dLdy[n, o, i, j] * self.W[o]", "dLdy[n, o, i, j] * self.W[o][:, ::-1, ::-1]"),
        (T, "conv2d_backward", "padding-ignored-in-backward", "full[:, :, pad : full.shape[2] - pad, pad : full.shape[3] - pad]", "full[:, :, : input.shape[2], : input.shape[3]]"),
        (T, "conv2d_backward", "padding-ignored-in-backward", "full[:, :, pad : full.shape[2] - pad, pad : full.shape[3] - pad]", "full"),
        (T, "avgpool2d_backward", "padding-ignored-in-backward", "grad[:, :, pad : pad + h, pad : pad + w]", "grad[:, :, :h, :w]"),
        (C, "Pooling", "padding-ignored-in-backward", "return out[:, :, pad : pad + H, pad : pad + W]", "return out[:, :, :H, :W]", 1),
        (T, "conv2d_backward", "padding-ignored-in-backward", "x = np.pad(input, ((0, 0), (0, 0), (pad, pad), (pad, pad)))\n    grad_W", "x = np.pad(input, ((0, 0), (0, 0), (0, 2 * pad), (0, 2 * pad)))\n    grad_W"),
        (L, "conv_layer_backward", "stride-ignored-in-backward", "im[i * stride : i * stride + k, j * stride : j * stride + k] += patch", "im[i : i + k, j : j + k] += patch"),
        (C, "Pooling", "stride-ignored-in-backward", "out[:, :, i * s : i * s + KH, j * s : j * s + KW] += share", "out[:, :, i * KH : i * KH + KH, j * KW : j * KW + KW] += share"),
        (C, "FCLayer", "bias-missing", "np.dot(inputs, self.weights) + self.bias", "np.dot(inputs, self.weights)"),
        (P, "MLP", "bias-missing", "self.W1 @ x + self.b1", "self.W1 @ x"),
        (T, "conv2d_forward", "bias-missing", "return out + b[None, :, None, None]", "return out"),
        (T, "conv2d_backward", "bias-gradient-missing-spatial-sum", "grad_output.sum(axis=(0, 2, 3))", "grad_output.sum(axis=0).mean(axis=(1, 2))"),
        (G, "Conv2d", "bias-gradient-missing-spatial-sum", "grad_output.sum(axis=(0, 2, 3))", "grad_output.sum(axis=(0, 3))[:, 0]"),
        (C, "Pooling", "im2col-wrong-strides", "sW * stride, sH, sW)", "sW * stride, 8 * KW, 8)"),
        (C, "Convolution", "im2col-wrong-strides", "(sN, sC, sH * stride, sW * stride, sH, sW)", "(sN, sC, sW * stride, sH * stride, sH, sW)"),
        (H, FC, "hard-coded-size", "return flat @", "return flat.reshape(-1, 28 * 13 * 13) @"),
        (T, "avgpool2d_forward", "hard-coded-size", "x.reshape(n, c, h // k, k, w // k, k)", "x.reshape(n, c, 14, 2, 14, 2)"),
        (H, SOFT, "hard-coded-size", "dLdx = np.zeros(x.shape)", "dLdx = np.zeros((len(x), 10))", 1),
        (H, POOL, "hard-coded-size", "np.zeros((N, C, (H - p) // s + 1, (W - p) // s + 1))", "np.zeros((N, 28, 13, 13))"),
        (T, "SoftmaxCrossEntropyLoss", "hard-coded-size", "(p - target) / len(input)", "(p - target) / 100"),
        (T, "EuclideanLoss", "hard-coded-size", "np.sum((input - target) ** 2) / len(input)", "np.sum((input - target) ** 2) / 100"),
        (H, CONV, "hard-coded-size", "for n in range(N):\n            for o in range(O):\n                for i in range(y", "for n in range(1):\n            for o in range(28):\n                for i in range(y"),
        (C, "Pooling", "max-pool-gradient-misplaced", "window.argmax(axis=2)", "window.argmin(axis=2)"),
        (H, POOL, "max-pool-gradient-misplaced", "np.unravel_index(window.argmax(), window.shape)", "np.divmod(window.T.argmax(), p)"),
        (H, POOL, "max-pool-gradient-to-every-tie", "row, column = np.unravel_index(window.argmax(), window.shape)\n                        dLdx[n, c, i * s + row, j * s + column] += dLdy[n, c, i, j]",
         "dLdx[n, c, i * s : i * s + p, j * s : j * s + p] += dLdy[n, c, i, j] * (window >= window.max())"),
        (H, POOL, "max-pool-mixes-channels-and-window", "window.max(axis=(2, 3))", "window.reshape(N, p * p, C).max(axis=1)"),
        (T, "avgpool2d_backward", "average-pool-not-divided", "/ (k * k)", ""),
        (T, "SoftmaxCrossEntropyLoss", "softmax-overflow", "np.exp(input - input.max(axis=1, keepdims=True))", "np.exp(input)"),
        (H, SOFT, "softmax-overflow", "x.max(axis=1, keepdims=True)", "x.max()"),
        (H, SOFT, "softmax-overflow", "x - x.max(axis=1, keepdims=True)", "x - x.mean(axis=1, keepdims=True) * 0"),
        (H, SOFT, "softmax-jacobian-diagonal", "dLdx[n] = jacobian @ dLdy[n]", "dLdx[n] = np.diag(jacobian) * dLdy[n]"),
        (T, "SoftmaxCrossEntropyLoss", "log-of-zero", "return -np.sum(target * logs)", "return -np.sum(target * np.log(np.exp(logs)))"),
        (L, "relu_forward", "relu-mask-from-gradient", '(input["data"] > 0)', '(output["diff"] > 0)'),
        (T, "Sigmoid", "activation-derivative-wrong", "grad_output * self.output * (1 - self.output)", "self.output * (1 - self.output)"),
        (L, "relu_forward", "activation-derivative-wrong", '(input["data"] > 0)', '(input["data"] < 0)'),
        (C, "Dropout", "dropout-not-rescaled", ">= self.ratio", "< self.ratio"),
        (C, "Dropout", "dropout-new-mask-in-backward", "return in_grads * self.mask / (1 - self.ratio)", "self.forward(inputs)\n        return in_grads * self.mask / (1 - self.ratio)"),
        (C, "Dropout", "dropout-in-evaluation", "if not self.training:\n            return inputs", "if self.ratio == 0:\n            return inputs"),
        (L, "relu_forward", "input-modified", "return dict(input, data=np.maximum(input[\"data\"], 0))", "input[\"data\"] = np.maximum(input[\"data\"], 0)\n    return input"),
        (L, "sgd_momentum", "input-modified", 'b = mu * param_winc[i]["b"]', 'param_winc[i]["b"] *= mu; param_winc[i]["w"] += 1.0; b = param_winc[i]["b"]'),
        (H, CONV, "gradients-accumulated", "dLdx, dLdW = np.zeros(x.shape), np.zeros(self.W.shape)", "self.dW = getattr(self, 'dW', np.zeros(self.W.shape))\n        dLdx, dLdW = np.zeros(x.shape), self.dW"),
        (C, "FCLayer", "gradients-accumulated", "self.b_grad = np.sum", "self.b_grad += np.sum"),
        (H, RELU, "integer-division", "return np.maximum(x, 0)", "return np.maximum(x, 0).astype(int)"),
        (H, POOL, "integer-division", "y = np.zeros((N, C, (H - p) // s + 1, (W - p) // s + 1))", "y = np.zeros((N, C, (H - p) // s + 1, (W - p) // s + 1), int)"),
        (H, XENT, "integer-division", "return dLdx / len(y)", "return dLdx // len(y)"),
        (C, "SGD", "integer-division", "self.lr *= 1 / (1", "self.lr *= 1 // (1"),
        (G, "BatchNorm", "batch-norm-dx-terms-missing", "N * dout - self.dbeta - self.hat * self.dgamma", "N * dout - self.dbeta + self.hat * self.dgamma"),
        (C, "SGD", "momentum-sign-wrong", "params[k] - self.lr", "params[k] + self.lr"),
        (C, "SGD", "momentum-rate-misplaced", "self.momentum * self.moments[k] + grads[k]", "self.momentum * self.moments[k] + (1 - self.momentum) * grads[k]"),
        (L, "sgd_momentum", "momentum-rate-misplaced", '"w": params[i]["w"] - w', '"w": params[i]["w"] - w_rate * w'),
        (T, "Linear", "momentum-rate-misplaced", "mm * self.diff_W + (self.grad_W + wd * self.W)\n        self.W = self.W - lr * self.diff_W", "mm * self.diff_W + lr * (self.grad_W + wd * self.W)\n        self.W = self.W - self.diff_W"),
        (C, "L2", "weight-decay-on-bias", 'if "weights" in k else np.zeros(v.shape)', ""),
        (C, "SoftmaxCrossEntropy", "gradient-sign-wrong", "return out / len(targets)", "return -out / len(targets)"),
        (H, CONV, "gradient-sign-wrong", "return dLdx, dLdW, dLdb", "return -dLdx, dLdW, dLdb"),
    )
]  # fmt: skip
