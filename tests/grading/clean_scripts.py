"""Scripts as students write them that only evaluate on the test set."""

from tests.grading.leak_scripts import HELPERS, LOAD, TORCH

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
    "PyTorch, phases in a list": TORCH + """
for phase, loader in [('train', trainloader), ('test', testloader)]:
    for inputs, labels in loader:
        loss = criterion(cnn(inputs), labels)
        if phase == 'train':
            loss.backward()
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
