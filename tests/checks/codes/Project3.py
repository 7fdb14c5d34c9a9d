# ruff: noqa
# fmt: off
import numpy as np


def softmax(x):
    e = np.exp(x - x.max(axis=-1, keepdims=True))
    return e / e.sum(axis=-1, keepdims=True)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def CrossEntropy(y_hat, y):
    return -np.sum(y * np.log(y_hat + 1e-12))


class MLP:
    def __init__(self):
        self.W1, self.b1 = np.random.normal(0, 0.1, (64, 784)), np.zeros(64)
        self.W2, self.b2 = np.random.normal(0, 0.1, (10, 64)), np.zeros(10)
        self.reset_grad()

    def reset_grad(self):
        self.W1_grad = self.b1_grad = self.W2_grad = self.b2_grad = 0

    def forward(self, x):
        self.x = x
        self.a1 = self.W1 @ x + self.b1
        self.f1 = sigmoid(self.a1)
        self.a2 = self.W2 @ self.f1 + self.b2
        self.y_hat = softmax(self.a2)
        return self.y_hat

    def update_grad(self, y):
        da2 = self.y_hat - y
        da1 = (self.W2.T @ da2) * self.f1 * (1 - self.f1)
        self.W2_grad = self.W2_grad + np.outer(da2, self.f1)
        self.b2_grad = self.b2_grad + da2
        self.W1_grad = self.W1_grad + np.outer(da1, self.x)
        self.b1_grad = self.b1_grad + da1

    def update_params(self, learning_rate):
        self.W2 = self.W2 - learning_rate * self.W2_grad
        self.b2 = self.b2 - learning_rate * self.b2_grad
        self.W1 = self.W1 - learning_rate * self.W1_grad
        self.b1 = self.b1 - learning_rate * self.b1_grad
