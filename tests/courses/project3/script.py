# As a student writes Project3's experiments: the template's loop, and its prints.
import sys
import time

import numpy as np
from Project3 import MLP, CrossEntropy, one_hot, sigmoid, softmax

train_images_np = np.load("./Project3_Data/MNIST_train_images.npy")
train_labels_np = np.load("./Project3_Data/MNIST_train_labels.npy")
val_images_np = np.load("./Project3_Data/MNIST_val_images.npy")
val_labels_np = np.load("./Project3_Data/MNIST_val_labels.npy")
test_images_np = np.load("./Project3_data/MNIST_test_images.npy")
test_labels_np = np.load("./Project3_data/MNIST_test_labels.npy")

print("images", train_images_np.shape, val_images_np.shape, test_images_np.shape)
print("torch imported:", "torch" in sys.modules)
print("halves", softmax(np.zeros(2)), sigmoid(0.0))


def accuracy(net, images, labels):
    return np.mean(np.argmax(net.forward(images), axis=1) == labels)


np.random.seed(3)
myNet = MLP()  # noqa: N816 (the template's name)
learning_rate = 1e-3
n_epochs = 40
batch_size = 256

start = time.time()
for epoch in range(n_epochs):
    indexes = np.random.permutation(len(train_images_np))
    running_loss = 0.0
    for first in range(0, len(indexes), batch_size):
        myNet.reset_grad()
        batch = indexes[first : first + batch_size]
        for i in batch if epoch == 0 else [batch]:  # one image after the other, or all at once
            y = one_hot(train_labels_np[i])
            y_hat = myNet.forward(train_images_np[i])
            running_loss += CrossEntropy(y_hat, y)
            myNet.update_grad(y)
        myNet.update_params(learning_rate)
    if epoch % 20 == 19:
        print(
            f"epoch {epoch + 1} loss {running_loss / len(indexes):.4f}",
            f"train {accuracy(myNet, train_images_np, train_labels_np):.4f}",
            f"val {accuracy(myNet, val_images_np, val_labels_np):.4f}",
        )
print("test accuracy", accuracy(myNet, test_images_np, test_labels_np))

confusion = np.zeros((10, 10), int)
for image, label in zip(test_images_np, test_labels_np):  # noqa: B905
    confusion[label, np.argmax(myNet.forward(image))] += 1
print("confusion", confusion.shape, confusion.sum())
print("template", myNet.W1[0].reshape(28, 28).shape)
