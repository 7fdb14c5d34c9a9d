import numpy as np


class MLP:
    def __init__(self):
        self.W1 = np.random.normal(0, 0.1, (64, 784))
        self.b1 = np.zeros(64)
        self.W2 = np.random.normal(0, 0.1, (10, 64))
        self.b2 = np.zeros(10)
        self.reset_grad()

    def forward(self, x):
        self.x = x
        self.W1x = x.dot(self.W1.T)
        self.a1 = self.W1x + self.b1
        self.f1 = sigmoid(self.a1)
        self.W2x = self.f1.dot(self.W2.T)
        self.a2 = self.W2x + self.b2
        self.y_hat = softmax(self.a2)
        return self.y_hat

    def update_grad(self, y):
        dA2 = np.atleast_2d(self.y_hat - y)
        f1, x = np.atleast_2d(self.f1), np.atleast_2d(self.x)
        dA1 = dA2.dot(self.W2) * f1 * (1 - f1)
        self.W2_grad = self.W2_grad + dA2.T.dot(f1)
        self.b2_grad = self.b2_grad + dA2.sum(axis=0)
        self.W1_grad = self.W1_grad + dA1.T.dot(x)
        self.b1_grad = self.b1_grad + dA1.sum(axis=0)

    def update_params(self, learning_rate):
        self.W2 = self.W2 - learning_rate * self.W2_grad
        self.b2 = self.b2 - learning_rate * self.b2_grad
        self.W1 = self.W1 - learning_rate * self.W1_grad
        self.b1 = self.b1 - learning_rate * self.b1_grad
