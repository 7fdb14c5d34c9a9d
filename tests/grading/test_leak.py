"""Training on the test set is found in scripts that do it, and in none that only evaluate."""

import textwrap

import pytest

from handgrad.grading.leak import find_leaks
from handgrad.grading.leak_values import is_test

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

CLEAN = {
    "an evaluation after each epoch": LOAD + """
for epoch in range(100):
    for start in range(0, 50000, 256):
        net.reset_grad()
        for i in range(start, start + 256):
            net.forward(train_images[i])
            net.update_grad(one_hot(train_labels[i]))
        net.update_params(0.001)
    y_hat = net.forward(test_images)
    print('test accuracy', np.mean(y_hat.argmax(axis=1) == test_labels))
""",
    "an evaluation within the very loop, behind": LOAD + """
for it in range(1000):
    rows = np.random.randint(0, 50000, 256)
    net.forward(train_images[rows])
    net.update_grad(one_hot(train_labels[rows]))
    net.update_params(0.001)
    test_acc = np.mean(net.forward(test_images).argmax(axis=1) == test_labels)
""",
    "an evaluation within the very loop, before, now and then": LOAD + """
for it in range(1000):
    if it % 100 == 0:
        test_out = net.forward(test_images)
        print(np.mean(test_out.argmax(axis=1) == test_labels))
    net.forward(train_images[it])
    net.update_grad(one_hot(train_labels[it]))
    net.update_params(0.001)
""",
    "an evaluation between the two, by an if": LOAD + """
for it in range(1000):
    net.forward(train_images[it])
    if it % 100 == 0:
        net.forward(test_images)
    net.update_grad(one_hot(train_labels[it]))
""",
    "helpers": LOAD + HELPERS + """
train(net, train_images, train_labels)
print(accuracy(net, test_images, test_labels))
""",
    "helpers in a main": HELPERS + """
def load(split):
    images = np.load(f'Project3_Data/MNIST_{split}_images.npy')
    return images, np.load(f'Project3_Data/MNIST_{split}_labels.npy')

def main():
    Xtr, ytr = load('train')
    Xte, yte = load('test')
    net = MLP()
    train(net, Xtr, ytr)
    accuracy(net, Xte, yte)

if __name__ == '__main__':
    main()
""",
    "one function for both, by a flag": LOAD + """
def run(net, X, y, learn):
    right = 0
    for i in range(len(X)):
        right += net.forward(X[i]).argmax() == y[i]
        if learn:
            net.update_grad(one_hot(y[i]))
            net.update_params(0.001)
    return right / len(X)

run(net, train_images, train_labels, True)
run(net, test_images, test_labels, False)
""",
    "one function for both, with two branches": LOAD + """
def run(net, X, y, mode='train'):
    if mode == 'train':
        for i in range(len(X)):
            net.forward(X[i])
            net.update_grad(one_hot(y[i]))
    else:
        return np.mean(net.forward(X).argmax(axis=1) == y)

run(net, train_images, train_labels)
run(net, test_images, test_labels, mode='test')
""",
    "one function for both, that leaves early": LOAD + """
def run(net, X, y, learn=True):
    y_hat = net.forward(X)
    if not learn:
        return np.mean(y_hat.argmax(axis=1) == y)
    net.update_grad(one_hot(y))
    net.update_params(0.001)

run(net, train_images, train_labels)
run(net, test_images, test_labels, False)
""",
    "only numbers of the test set go into training": LOAD + """
size = len(test_images)
mean = test_images.mean()
small = train_images[:size] - mean
for i in range(size):
    net.forward(small[i])
    net.update_grad(one_hot(train_labels[i]))
""",
    "the names swapped by branches": LOAD + """
X = train_images
if evaluate:
    X = test_images
net.forward(X)
net.update_grad(y)
""",
    "a name that is given again": LOAD + """
x = test_images
accuracy(net, x)
x = train_images
net.forward(x)
net.update_grad(y)
""",
    "two networks": LOAD + """
other = MLP()
for i in range(100):
    net.forward(train_images[i])
    other.forward(test_images[i])
    net.update_grad(one_hot(train_labels[i]))
""",
    "one class for both": LOAD + """
class Runner:
    def __init__(self, net, x, y):
        self.net, self.x, self.y = net, x, y
    def train(self):
        for i in range(len(self.x)):
            self.net.forward(self.x[i])
            self.net.update_grad(self.y[i])
    def evaluate(self):
        return np.mean(self.net.forward(self.x).argmax(axis=1) == self.y)

first, second = Runner(net, train_images, train_labels), Runner(net, test_images, test_labels)
first.train()
second.evaluate()
""",
    "PyTorch's tutorial": TORCH + """
for epoch in range(2):
    for i, data in enumerate(trainloader, 0):
        inputs, labels = data
        optimizer.zero_grad()
        outputs = cnn(inputs)
        loss = criterion(outputs, labels)
        loss.backward()
        optimizer.step()
    with torch.no_grad():
        for data in testloader:
            images, labels = data
            outputs = cnn(images)
            test_loss = criterion(outputs, labels)
""",
    "PyTorch, phases": TORCH + """
loaders = {'train': trainloader, 'test': testloader}
for phase in ['train', 'test']:
    for inputs, labels in loaders[phase]:
        outputs = cnn(inputs)
        loss = criterion(outputs, labels)
        if phase == 'train':
            loss.backward()
            optimizer.step()
""",
    "PyTorch, a test loss in the loop": TORCH + """
for (x, y), (tx, ty) in zip(trainloader, testloader):
    loss = criterion(cnn(x), y)
    test_loss = criterion(cnn(tx), ty).item()
    loss.backward()
""",
    "paths that only look like it": """
x = np.load('latest_images.npy')
c = np.load('contest/train.npy')
net.forward(x)
net.update_grad(c)
""",
    "Python 2": LOAD + "print 'test'\n",
}  # fmt: skip

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


@pytest.mark.parametrize("script", CLEAN.values(), ids=CLEAN.keys())
def test_who_only_evaluates_is_not_blamed(script: str) -> None:
    assert [str(leak) for leak in find_leaks({"Project3.py": script})] == []


@pytest.mark.parametrize(("script", "call", "text"), LEAKING.values(), ids=LEAKING.keys())
def test_who_learns_from_it_is_found_once_with_the_line(script: str, call: str, text: str) -> None:
    (leak,) = find_leaks({"Project3.py": script})
    assert (leak.file, leak.call, leak.text) == ("Project3.py", call, text)
    assert script.splitlines()[leak.line - 1].strip() == text
    assert "load" in leak.source or "MNIST" in leak.source or "data['test']" in leak.source
    assert str(leak).startswith(f"Project3.py, line {leak.line}: {text}: learns from test images")


@pytest.mark.parametrize("script", ["x = " + "(" * 150 + ")" * 150, "a = " + "-" * 5000 + "1", "\0", "def"])
def test_hostile_sources_end_nothing(script: str) -> None:
    assert find_leaks({"a.py": script, "b.py": LEAKING["PyTorch"][0]})[0].file == "b.py"


def test_functions_that_call_each_other_for_ever() -> None:
    script = textwrap.dedent("""
        def a(x):
            b(x); b(x); b(x); a(x); a(x)
        def b(x):
            a(x); a(x); a(x); b(x); b(x)
        a(np.load('test.npy'))
    """)
    assert find_leaks({"a.py": script}) == ()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("x_test.npy", True),
        ("t10k/Test.npy", True),
        ("latest.npy", False),
        ("testament.npy", False),
        (3, False),
    ],
)
def test_what_names_the_test_set(text: object, found: bool) -> None:
    assert is_test(text) is found
