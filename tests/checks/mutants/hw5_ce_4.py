"""nn_cross_entropy_layer."""

import numpy as np


class nn_cross_entropy_layer:
    def forward(self, x, y):
        t = np.eye(x.shape[1])[y]
        return -(t * np.log(np.clip(x, 1e-12, None))).sum() / x.shape[0]

    def backprop(self, x, y):
        t = np.eye(x.shape[1])[y]
        return t / np.clip(x, 1e-12, None) / x.shape[0]
