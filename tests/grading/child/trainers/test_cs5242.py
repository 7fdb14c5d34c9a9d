import types

import numpy as np

from handgrad.courses.cs5242 import applications, loss, optimizers
from handgrad.courses.cs5242.layers import Dropout
from tests.grading.child.trainers.made import begun, digits
from tests.grading.in_process import adapter


def test_its_steps_are_those_of_model_train():
    images, labels = digits()
    settings = {"lr": 0.004, "halve_every": 2, "l2": 0.01}
    trainer = begun("mnistnet", adapter("mnistnet"), **settings)
    batches = [slice(start, start + 10) for start in range(0, 50, 10)]
    told = [trainer.step(images[part], labels[part]) for part in batches]

    np.random.seed(0)
    model = applications.MNISTNet()
    adam = optimizers.Adam(lr=0.004, sheduler_func=lambda lr, step: lr / 2 if step % 2 == 0 else lr)
    model.compile(adam, loss.SoftmaxCrossEntropy(10), loss.L2(0.01))
    own = []
    for iteration, part in enumerate(batches):
        own.append(model.forward(images[part][:, None] / 255, labels[part])[0])
        model.backward(labels[part])
        model.update(model.optimizer, iteration)
    assert told == own
    assert trainer.optimizer.lr == 0.004 / 8
    scores = trainer.predict(images[:10])
    assert np.array_equal(
        model.loss.forward(scores, labels[:10])[1], model.forward(images[:10][:, None] / 255, labels[:10])[1]
    )


def test_layers_are_in_testing_mode_for_predictions_only():
    def with_dropout():
        model = applications.MNISTNet()
        model.layers.insert(-1, Dropout(0.5))
        return model

    modules = {
        "applications": types.SimpleNamespace(MNISTNet=with_dropout),
        "loss": loss,
        "optimizers": optimizers,
    }
    images, _ = digits()
    trainer = begun("mnistnet", modules.__getitem__)
    assert all(layer.training for layer in trainer.layers)
    assert np.array_equal(trainer.predict(images[:5]), trainer.predict(images[:5]))
    assert all(layer.training for layer in trainer.layers)
