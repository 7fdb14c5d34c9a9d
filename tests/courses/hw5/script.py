# ruff: noqa: B905, I001, N801 (as a student of the course writes)
"""As a student of the course writes it, who has never heard of handgrad: hw5.py from its data to its plot."""

import matplotlib.pyplot as plt
import numpy as np
import nn_layers as nnl


class nn_mnist_classifier:
    def __init__(self, mmt_friction=0.9, lr=1e-2):
        self.conv_layer_1 = nnl.nn_convolutional_layer(
            f_height=3, f_width=3, input_size=28, in_ch_size=1, out_ch_size=28
        )
        self.act_1 = nnl.nn_activation_layer()
        self.maxpool_layer_1 = nnl.nn_max_pooling_layer(pool_size=2, stride=2)
        self.fc1 = nnl.nn_fc_layer(input_size=28 * 13 * 13, output_size=128)
        self.act_2 = nnl.nn_activation_layer()
        self.fc2 = nnl.nn_fc_layer(input_size=128, output_size=10)
        self.sm1 = nnl.nn_softmax_layer()
        self.xent = nnl.nn_cross_entropy_layer()
        self.lr, self.mmt_friction = lr, mmt_friction
        self.v = [0, 0, 0, 0, 0, 0]

    def forward(self, x, y, backprop_req=True):
        cv1 = self.conv_layer_1.forward(x)
        ac1 = self.act_1.forward(cv1)
        mp1 = self.maxpool_layer_1.forward(ac1)
        fc1 = self.fc1.forward(mp1)
        ac2 = self.act_2.forward(fc1)
        fc2 = self.fc2.forward(ac2)
        sm1 = self.sm1.forward(fc2)
        loss = self.xent.forward(sm1, y)
        if backprop_req:
            self.cache = (x, y, cv1, ac1, mp1, fc1, ac2, fc2, sm1)
        return sm1, loss

    def backprop(self):
        x, y, cv1, ac1, mp1, fc1, ac2, fc2, sm1 = self.cache
        d = self.xent.backprop(sm1, y)
        d = self.sm1.backprop(fc2, d)
        d, w2, b2 = self.fc2.backprop(ac2, d)
        d = self.act_2.backprop(fc1, d)
        d, w1, b1 = self.fc1.backprop(mp1, d)
        d = self.maxpool_layer_1.backprop(ac1, d)
        d = self.act_1.backprop(cv1, d)
        d, wc, bc = self.conv_layer_1.backprop(x, d)
        self.grads = [w2, b2, w1, b1, wc, bc]

    def update_weights(self):
        a = self.mmt_friction
        self.v = [a * v + (1 - a) * g for v, g in zip(self.v, self.grads)]
        layers = [self.fc2, self.fc1, self.conv_layer_1]
        for k, layer in enumerate(layers):
            layer.update_weights(-self.lr * self.v[2 * k], -self.lr * self.v[2 * k + 1])


np.random.seed(0)
data = np.load("data/mnist.npz")
X_train, y_train, X_test, y_test = data["x_train"], data["y_train"], data["x_test"], data["y_test"]
X_train = np.expand_dims(X_train, axis=1)
X_test = np.expand_dims(X_test, axis=1)
print("Training data shape: ", X_train.shape)
print("Test labels shape: ", y_test.shape)

n_val_sample = 200
X_train = X_train.astype("float64") / 255.0
X_test = X_test.astype("float64") / 255.0
X_s, y_s = (
    np.split(
        X_train,
        [
            n_val_sample,
        ],
    ),
    np.split(
        y_train,
        [
            n_val_sample,
        ],
    ),
)
X_val, X_trn, y_val, y_trn = X_s[0], X_s[1], y_s[0], y_s[1]

lr, n_epoch, batch_size = 0.5, 2, 20
classifier = nn_mnist_classifier(mmt_friction=0.9, lr=lr)

for i in range(n_epoch):
    index = np.arange(y_trn.shape[0])
    np.random.shuffle(index)
    X_trn, y_trn = X_trn[index], y_trn[index]
    print("epoch number:", i)
    trn_accy = 0
    for j in range(X_trn.shape[0] // batch_size):
        x = X_trn[j * batch_size : (j + 1) * batch_size,]
        y = y_trn[j * batch_size : (j + 1) * batch_size,]
        scores, loss = classifier.forward(x, y)
        classifier.backprop()
        classifier.update_weights()
        estim = np.ravel(np.argmax(scores, axis=1))
        trn_accy += np.sum((estim == y).astype("uint8")) / batch_size
        if (j + 1) % 20 == 0:
            print("loop count", j + 1)
            print("loss", loss)
            print("training accuracy:", trn_accy / 20 * 100, "%")
            trn_accy = 0
            val_idx = np.random.randint(low=0, high=y_val.shape[0], size=(100,))
            scores, loss = classifier.forward(X_val[val_idx], y_val[val_idx], backprop_req=False)
            estim = np.ravel(np.argmax(scores, axis=1))
            print("validation accuracy:", np.sum((estim == y_val[val_idx]).astype("uint8")), "%")

test_batch, tot_accy = 50, 0
test_iter = int(y_test.shape[0] / test_batch)
for j in range(test_iter):
    x = X_test[j * test_batch : (j + 1) * test_batch,]
    y = y_test[j * test_batch : (j + 1) * test_batch,]
    scores, loss = classifier.forward(x, y, backprop_req=False)
    accy = np.sum((np.ravel(np.argmax(scores, axis=1)) == y).astype("uint8")) / test_batch
    tot_accy += accy
    print("batch accuracy:", accy)
print("total accuray", tot_accy / test_iter)

plt.figure(figsize=(12, 4))
for i, idx in enumerate(np.random.randint(0, X_test.shape[0], (10,))):
    ax = plt.subplot(1, 10, i + 1)
    plt.imshow(np.squeeze(X_test[idx]), cmap=plt.get_cmap("gray"))
    score, _ = classifier.forward(X_test[idx : idx + 1], y_test[idx : idx + 1], backprop_req=False)
    pred = np.ravel(np.argmax(score, axis=1))
    ax.set_title(
        "GT:" + str(y_test[idx]) + "\n Pred:" + str(int(pred[0])), color="k" if y_test[idx] == pred else "r"
    )
plt.tight_layout()
plt.show()
