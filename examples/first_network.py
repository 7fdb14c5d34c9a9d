"""The shortest useful script: a network that reads handwritten digits, in a few seconds, with no download."""

import handgrad as hg

data = hg.load_digits()
net = hg.Sequential([hg.Flatten(), hg.Linear(784, 50), hg.ReLU(), hg.Linear(50, 10)], seed=0)
run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(lr=0.1, momentum=0.9))

for record in hg.fit(run, data.train, validation=data.validation, epochs=5):
    print(record)
print("on images that it has never seen:", hg.evaluate(run, data.test))
