# ruff: noqa
# Written as the course's own script is written.
from __future__ import print_function

import numpy as np
from network import Network
from utils import LOG_INFO
from layers import Relu, Linear, Conv2D, AvgPool2D, Reshape
from loss import EuclideanLoss, SoftmaxCrossEntropyLoss
from solve_net import train_net, test_net
from load_data import load_mnist_4d

np.random.seed(1)
train_data, test_data, train_label, test_label = load_mnist_4d("data")

model = Network()
model.add(Conv2D("conv1", 1, 3, 5, 2, 0.2))
model.add(Relu("relu1"))
model.add(AvgPool2D("pool1", 2, 0))  # N x 3 x 14 x 14
model.add(Conv2D("conv2", 3, 4, 3, 1, 0.2))
model.add(Relu("relu2"))
model.add(AvgPool2D("pool2", 2, 0))  # N x 4 x 7 x 7
model.add(Reshape("flatten", (-1, 196)))
model.add(Linear("fc3", 196, 10, 0.1))

loss = SoftmaxCrossEntropyLoss(name="loss")

config = {
    "learning_rate": 0.05,
    "weight_decay": 0.0001,
    "momentum": 0.9,
    "batch_size": 10,
    "max_epoch": 3,
    "disp_freq": 5,
    "test_epoch": 2,
}

for epoch in range(config["max_epoch"]):
    LOG_INFO("Training @ %d epoch..." % (epoch))
    train_net(model, loss, config, train_data, train_label, config["batch_size"], config["disp_freq"])

    if epoch % config["test_epoch"] == 0:
        LOG_INFO("Testing @ %d epoch..." % (epoch))
        test_net(model, loss, test_data, test_label, config["batch_size"])

output = model.layer_list[1].forward(model.layer_list[0].forward(test_data[:2]))
print("first convolution after ReLU:", output.shape, output.min() >= 0)
print("parameters:", sum(layer.W.size for layer in model.layer_list if layer.trainable))
