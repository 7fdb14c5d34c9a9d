"""nn_convolutional_layer with plain loops."""

import numpy as np


class nn_convolutional_layer:
    def __init__(self, f_height, f_width, input_size, in_ch_size, out_ch_size, std=1e0):
        self.W = np.random.normal(
            0,
            std / np.sqrt(in_ch_size * f_height * f_width / 2),
            (out_ch_size, in_ch_size, f_height, f_width),
        )
        self.b = 0.01 + np.zeros((1, out_ch_size, 1, 1))

    def update_weights(self, dW, db):
        self.W += dW
        self.b += db

    def get_weights(self):
        return self.W, self.b

    def set_weights(self, W, b):
        self.W = W
        self.b = b

    def forward(self, x):
        fh, fw = self.W.shape[2], self.W.shape[3]
        out_h = x.shape[2] - fh + 1
        out_w = x.shape[3] - fw + 1
        out = np.zeros((x.shape[0], self.W.shape[0], out_h, out_w))
        for f in range(self.W.shape[0]):
            for r in range(out_h):
                for c in range(out_w):
                    patch = x[:, :, r : r + fh, c : c + fw]
                    out[:, f, r, c] = np.sum(patch * self.W[f], axis=(1, 2, 3)) + self.b[0, f, 0, 0]
        return out

    def backprop(self, x, dLdy):
        fh, fw = self.W.shape[2], self.W.shape[3]
        dLdx = np.zeros(x.shape)
        dLdW = np.zeros(self.W.shape)
        dLdb = np.zeros(self.b.shape)
        for f in range(self.W.shape[0]):
            dLdb[0, f, 0, 0] = np.sum(dLdy[:, f], axis=0).mean()
            for r in range(dLdy.shape[2]):
                for c in range(dLdy.shape[3]):
                    g = dLdy[:, f, r, c].reshape(-1, 1, 1, 1)
                    dLdx[:, :, r : r + fh, c : c + fw] += g * self.W[f]
                    dLdW[f] += np.sum(g * x[:, :, r : r + fh, c : c + fw], axis=0)
        return dLdx, dLdW, dLdb
