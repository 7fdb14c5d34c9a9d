"""Scripts as students write them that learn from the test set."""

LOAD = """
import numpy as np
train_images = np.load('./Project3_Data/MNIST_train_images.npy')
train_labels = np.load('./Project3_Data/MNIST_train_labels.npy')
test_images = np.load('./Project3_Data/MNIST_test_images.npy')
test_labels = np.load('./Project3_Data/MNIST_test_labels.npy')
net = MLP()
"""

TORCH = """
import torch, torchvision
from torch.utils.data import DataLoader
trainset = torchvision.datasets.MNIST('data', train=True, download=True)
testset = torchvision.datasets.MNIST('data', train=False, download=True)
trainloader = DataLoader(trainset, batch_size=256, shuffle=True)
testloader = DataLoader(testset, batch_size=256)
cnn = ConvNet()
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(cnn.parameters(), lr=0.001)
"""

HELPERS = """
def train(net, X, y, epochs=100, lr=0.001):
    for epoch in range(epochs):
        order = np.random.permutation(len(X))
        for start in range(0, len(X), 256):
            rows = order[start:start + 256]
            net.reset_grad()
            net.forward(X[rows])
            net.update_grad(one_hot(y[rows]))
            net.update_params(lr)

def accuracy(net, X, y):
    return np.mean(np.argmax(net.forward(X), axis=1) == y)
"""

LEAKING = {
    "trained on it outright": (LOAD + """
for epoch in range(10):
    for i in range(len(test_images)):
        net.forward(test_images[i])
        net.update_grad(one_hot(test_labels[i]))
    net.update_params(0.001)
""", "update_grad", "net.update_grad(one_hot(test_labels[i]))"),
    "put behind the training images": (LOAD + HELPERS + """
X = np.concatenate([train_images, test_images]) / 255
Y = np.concatenate([train_labels, test_labels])
train(net, X, Y)
""", "update_grad", "net.update_grad(one_hot(y[rows]))"),
    "a helper called with it": (LOAD + HELPERS + """
train(net, X=test_images.reshape(-1, 784), y=test_labels)
""", "update_grad", "net.update_grad(one_hot(y[rows]))"),
    "a method called with it": (LOAD + """
class MLP:
    def forward(self, x): ...
    def update_grad(self, y): ...
    def fit(self, X, y):
        for xi, yi in zip(X, y):
            self.forward(xi)
            self.update_grad(yi)
            self.update_params(0.001)
net.fit(train_images, train_labels)
net.fit(test_images, test_labels)
""", "update_grad", "self.update_grad(yi)"),
    "loaded by a function": ("""
def load(split):
    path = './Project3_Data/MNIST_' + split + '_images.npy'
    return np.load(path)

def main():
    xtest = load('test')
    net = MLP()
    for x in xtest:
        net.reset_grad()
        y_hat = net.forward(x)
        net.update_grad(y_hat)
        net.update_params(0.001)

if __name__ == '__main__':
    main()
""", "update_grad", "net.update_grad(y_hat)"),
    "kept in a dictionary": ("""
data = {}
for split in ['train', 'test']:
    data[split] = np.load(os.path.join('Project3_Data', f'MNIST_{split}_images.npy'))
net.forward(data['test'])
net.update_grad(y)
""", "update_grad", "net.update_grad(y)"),
    "a fine-tuning after the evaluation": (LOAD + """
print(np.mean(net.forward(test_images).argmax(axis=1) == test_labels))
for epoch in range(5):
    batch = test_images[:256]
    net.forward(batch)
    net.update_grad(one_hot(test_labels[:256]))
    net.update_params(0.001)
""", "update_grad", "net.update_grad(one_hot(test_labels[:256]))"),
    "both in a list": (LOAD + """
for X, y in [(train_images, train_labels), (test_images, test_labels)]:
    net.forward(X)
    net.update_grad(one_hot(y))
""", "update_grad", "net.update_grad(one_hot(y))"),
    "PyTorch": (TORCH + """
for epoch in range(2):
    for i, (inputs, labels) in enumerate(testloader):
        optimizer.zero_grad()
        loss = criterion(cnn(inputs), labels)
        loss.backward()
        optimizer.step()
""", "backward", "loss.backward()"),
    "PyTorch, from the arrays": (LOAD + TORCH + """
x = torch.from_numpy(test_images).float().view(-1, 1, 28, 28)
for i in range(0, len(x), 256):
    out = cnn(x[i:i + 256])
    loss = torch.nn.functional.cross_entropy(out, torch.tensor(test_labels[i:i + 256])).mean()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()
""", "backward", "loss.backward()"),
}  # fmt: skip
