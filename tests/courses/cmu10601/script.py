# ruff: noqa: I001, UP031 (written as the course writes)
import copy
import pickle
import random

import numpy as np

import cnn_lenet


def get_lenet():
    """LeNet, with fewer filters so that the test is short."""
    layers = {}
    layers[1] = {}
    layers[1]["type"] = "DATA"
    layers[1]["height"] = 28
    layers[1]["width"] = 28
    layers[1]["channel"] = 1
    layers[1]["batch_size"] = 64

    layers[2] = {}
    layers[2]["type"] = "CONV"
    layers[2]["num"] = 6
    layers[2]["k"] = 5
    layers[2]["stride"] = 1
    layers[2]["pad"] = 0
    layers[2]["group"] = 1

    layers[3] = {}
    layers[3]["type"] = "POOLING"
    layers[3]["k"] = 2
    layers[3]["stride"] = 2
    layers[3]["pad"] = 0

    layers[4] = {}
    layers[4]["type"] = "CONV"
    layers[4]["num"] = 10
    layers[4]["k"] = 5
    layers[4]["stride"] = 1
    layers[4]["pad"] = 0
    layers[4]["group"] = 1

    layers[5] = {}
    layers[5]["type"] = "POOLING"
    layers[5]["k"] = 2
    layers[5]["stride"] = 2
    layers[5]["pad"] = 0

    layers[6] = {}
    layers[6]["type"] = "IP"
    layers[6]["num"] = 50
    layers[6]["init_type"] = "uniform"

    layers[7] = {}
    layers[7]["type"] = "RELU"

    layers[8] = {}
    layers[8]["type"] = "LOSS"
    layers[8]["num"] = 10
    return layers


def main():
    np.random.seed(0)
    random.seed(0)
    layers = get_lenet()

    fullset = True
    xtrain, ytrain, xval, yval, xtest, ytest = cnn_lenet.load_mnist(fullset)
    xtrain = np.hstack([xtrain, xval])
    ytrain = np.hstack([ytrain, yval])
    m_train = xtrain.shape[1]

    batch_size = 64
    mu = 0.9
    epsilon = 0.05  # five times the course's: the run is short
    gamma = 0.0001
    power = 0.75
    weight_decay = 0.0005
    w_lr = 1
    b_lr = 2
    test_interval = 40
    display_interval = 20
    snapshot = 80
    max_iter = 80

    params = cnn_lenet.init_convnet(layers)
    param_winc = copy.deepcopy(params)
    for l_idx in range(1, len(layers)):
        param_winc[l_idx]["w"] = np.zeros(param_winc[l_idx]["w"].shape)
        param_winc[l_idx]["b"] = np.zeros(param_winc[l_idx]["b"].shape)

    indices = list(range(m_train))
    random.shuffle(indices)
    for step in range(max_iter):
        start_idx = step * batch_size % m_train
        end_idx = (step + 1) * batch_size % m_train
        if start_idx > end_idx:
            random.shuffle(indices)
            continue
        idx = indices[start_idx:end_idx]

        [cp, param_grad] = cnn_lenet.conv_net(params, layers, xtrain[:, idx], ytrain[idx])

        w_rate = cnn_lenet.get_lr(step, epsilon * w_lr, gamma, power)
        b_rate = cnn_lenet.get_lr(step, epsilon * b_lr, gamma, power)
        params, param_winc = cnn_lenet.sgd_momentum(
            w_rate, b_rate, mu, weight_decay, params, param_winc, param_grad
        )

        if (step + 1) % display_interval == 0:
            print("cost = %f training_percent = %f" % (cp["cost"], cp["percent"]))

        if (step + 1) % test_interval == 0:
            layers[1]["batch_size"] = xtest.shape[1]
            cptest, _ = cnn_lenet.conv_net(params, layers, xtest, ytest)
            layers[1]["batch_size"] = 64
            print("\ntest accuracy: %f\n" % (cptest["percent"]))

        if (step + 1) % snapshot == 0:
            with open("lenet.mat", "wb") as stream:
                pickle.dump(params, stream)


if __name__ == "__main__":
    main()
