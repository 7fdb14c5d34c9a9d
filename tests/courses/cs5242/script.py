# ruff: noqa: I001, RET505 (as the course writes it)
import matplotlib

matplotlib.use("Agg")
import matplotlib.pyplot as plt
import numpy as np
from layers import Convolution, Pooling, FCLayer, Dropout
from loss import SoftmaxCrossEntropy, L2
from optimizers import Adam
from applications import MNISTNet
from utils.tools import rel_error
from utils.check_grads import check_grads_layer
from utils.datasets import MNIST

np.random.seed(1234)
batch = 2
conv_params = {"kernel_h": 3, "kernel_w": 3, "pad": 0, "stride": 2, "in_channel": 3, "out_channel": 4}
in_height = 6
in_width = 7
out_height = 1 + (in_height + 2 * conv_params["pad"] - conv_params["kernel_h"]) // conv_params["stride"]
out_width = 1 + (in_width + 2 * conv_params["pad"] - conv_params["kernel_w"]) // conv_params["stride"]
inputs = np.random.uniform(size=(batch, conv_params["in_channel"], in_height, in_width))
in_grads = np.random.uniform(size=(batch, conv_params["out_channel"], out_height, out_width))
conv = Convolution(conv_params)
check_grads_layer(conv, inputs, in_grads)

dropout = Dropout(0.1, seed=1234)
dropout.set_mode(True)
check_grads_layer(dropout, inputs, np.random.uniform(size=inputs.shape))

params = {
    "pool_type": "max",
    "pool_height": 2,
    "pool_width": 2,
    "pad": 0,
    "stride": 2,
}
layer = Pooling(params)
out = layer.forward(inputs)
print(
    "Relative error (<1e-6 will be fine): ",
    rel_error(out, inputs[:, :, :6, :6].reshape(2, 3, 3, 2, 3, 2).max(axis=(3, 5))),
)

rows = np.random.uniform(size=(10, 20))
layer = FCLayer(in_features=rows.shape[1], out_features=100)
out = layer.forward(rows)
print("Relative error (<1e-6 will be fine): ", rel_error(out, np.dot(rows, layer.weights) + layer.bias))

num_class = 10
scores = np.random.uniform(size=(batch, num_class))
targets = np.random.randint(num_class, size=batch)
loss = SoftmaxCrossEntropy(num_class)
out, _ = loss.forward(scores, targets)
probs = np.exp(scores) / np.exp(scores).sum(axis=1, keepdims=True)
print(
    "Relative error (<1e-6 will be fine): ", rel_error(out, -np.log(probs[np.arange(batch), targets]).mean())
)

mnist = MNIST()
mnist.load()
idx = np.random.randint(mnist.num_train, size=4)
print("\nFour examples of training images:")
img = mnist.x_train[idx][:, 0, :, :]

plt.figure(1, figsize=(18, 18))
plt.subplot(1, 4, 1)
plt.imshow(img[0])

model = MNISTNet()
loss = SoftmaxCrossEntropy(num_class=10)


# define your learning rate sheduler
def func(lr, iteration):
    if iteration % 1000 == 0:
        return lr * 0.5
    else:
        return lr


adam = Adam(lr=0.001, decay=0, sheduler_func=func)
l2 = L2(w=0.001)  # L2 regularization with lambda=0.001
model.compile(optimizer=adam, loss=loss, regularization=l2)
train_results, val_results, test_results = model.train(
    mnist,
    train_batch=30,
    val_batch=1000,
    test_batch=1000,
    epochs=2,
    val_intervals=2,
    test_intervals=3,
    print_intervals=2,
)

plt.figure(2, figsize=(18, 8))
plt.subplot(2, 3, 1)
plt.title("Training loss")
plt.plot(train_results[:, 0], train_results[:, 1])
plt.subplot(2, 3, 2)
plt.title("Validation loss")
plt.plot(val_results[:, 0], val_results[:, 1])
plt.subplot(2, 3, 6)
plt.title("Testing accuracy")
plt.plot(test_results[:, 0], test_results[:, 2])
print(train_results.shape, val_results.shape, test_results.shape)
