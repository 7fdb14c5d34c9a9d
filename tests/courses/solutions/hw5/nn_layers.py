import numpy as np


class nn_convolutional_layer:
    def update_weights(self, dW, db):
        self.W = self.W + dW
        self.b = self.b + db

    def forward(self, x):
        windows = windows_of(x, self.W.shape[2], self.W.shape[3])
        return np.tensordot(windows, self.W, axes=([1, 4, 5], [1, 2, 3])).transpose(0, 3, 1, 2) + self.b

    def backprop(self, x, dLdy):
        width, height = self.W.shape[2:]
        dLdW = np.tensordot(dLdy, windows_of(x, width, height), axes=([0, 2, 3], [0, 2, 3]))
        dLdb = dLdy.sum(axis=(0, 2, 3)).reshape(self.b.shape)
        padded = np.pad(dLdy, ((0, 0), (0, 0), (width - 1, width - 1), (height - 1, height - 1)))
        turned = self.W[:, :, ::-1, ::-1]
        dLdx = np.tensordot(windows_of(padded, width, height), turned, axes=([1, 4, 5], [0, 2, 3]))
        return dLdx.transpose(0, 3, 1, 2), dLdW, dLdb


class nn_max_pooling_layer:
    def forward(self, x):
        return pools_of(x, self.pool_size, self.stride).max(axis=4)

    def backprop(self, x, dLdy):
        windows = pools_of(x, self.pool_size, self.stride)
        row, column = np.divmod(windows.argmax(axis=4), self.pool_size)
        n, c, i, j = np.indices(dLdy.shape)
        dLdx = np.zeros(x.shape)
        np.add.at(dLdx, (n, c, i * self.stride + row, j * self.stride + column), dLdy)
        return dLdx


def windows_of(x, width, height):
    return np.lib.stride_tricks.sliding_window_view(x, (width, height), axis=(2, 3))


def pools_of(x, pool_size, stride):
    windows = windows_of(x, pool_size, pool_size)[:, :, ::stride, ::stride]
    return windows.reshape(*windows.shape[:4], -1)


class nn_activation_layer:
    def forward(self, x):
        return np.maximum(x, 0)

    def backprop(self, x, dLdy):
        return dLdy * (x > 0)


class nn_fc_layer:
    def update_weights(self, dW, db):
        self.W = self.W + dW
        self.b = self.b + db

    def forward(self, x):
        return x.reshape(len(x), -1).dot(self.W.T) + self.b

    def backprop(self, x, dLdy):
        return dLdy.dot(self.W).reshape(x.shape), dLdy.T.dot(x.reshape(len(x), -1)), dLdy.sum(axis=0)


class nn_softmax_layer:
    def forward(self, x):
        e = np.exp(x - x.max(axis=1, keepdims=True))
        return e / e.sum(axis=1, keepdims=True)

    def backprop(self, x, dLdy):
        y = self.forward(x)
        return y * (dLdy - np.sum(dLdy * y, axis=1, keepdims=True))


class nn_cross_entropy_layer:
    def forward(self, x, y):
        return -np.mean(np.log(np.maximum(x[np.arange(len(y)), y], np.finfo(float).tiny)))

    def backprop(self, x, y):
        dLdx = np.zeros(x.shape)
        own = np.maximum(x[np.arange(len(y)), y], np.finfo(float).tiny)
        dLdx[np.arange(len(y)), y] = -1 / (len(y) * own)
        return dLdx
