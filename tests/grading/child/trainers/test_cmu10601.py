import numpy as np
import pytest

from handgrad.courses.cmu10601 import cnn_lenet
from handgrad.courses.cmu10601.experiments.lenet import PROTOCOL, lenet_layers
from handgrad.grading.child.trainers.cmu10601 import LAYERS
from handgrad.grading.rules import RULES
from tests.grading.child.trainers.made import begun, digits, losses
from tests.grading.in_process import adapter


def test_layers_and_settings_are_those_of_the_report():
    layers = lenet_layers()
    assert {**LAYERS, 1: {**LAYERS[1], "batch_size": 64}} == layers
    rule = RULES["lenet"]
    assert (rule.batch_size, rule.iterations) == (PROTOCOL["batch_size"], PROTOCOL["max_iter"])
    assert all(rule.settings[name] == PROTOCOL[name] for name in rule.settings)


def test_two_steps_are_those_of_the_courses_script():
    images, labels = digits()
    trainer = begun("lenet", adapter("lenet"), gamma=0.5)
    told = [trainer.step(images[:8], labels[:8]) for _ in range(2)]

    np.random.seed(0)
    layers = lenet_layers(8)
    params = cnn_lenet.init_convnet(layers)
    winc = {i: {name: 0 * value for name, value in param.items()} for i, param in params.items()}
    own = []
    for step in range(2):
        cp, grad = cnn_lenet.conv_net(params, layers, images[:8].reshape(8, -1).T / 255, labels[:8])
        own.append(cp["cost"])
        rate = 0.01 / (1 + 0.5 * step) ** 0.75
        params, winc = cnn_lenet.sgd_momentum(rate, 2 * rate, 0.9, 0.0005, params, winc, grad)
    assert told == pytest.approx(own, rel=1e-12)
    for i, param in params.items():
        assert np.allclose(trainer.params[i]["w"], param["w"], rtol=1e-12, atol=0)
        assert np.allclose(trainer.params[i]["b"], param["b"], rtol=1e-12, atol=0)


def test_scores_are_what_conv_net_counts_with():
    images, labels = digits()
    trainer = begun("lenet", adapter("lenet"))
    losses(trainer, 10)
    cp, _ = cnn_lenet.conv_net(
        trainer.params, lenet_layers(100), images[:100].reshape(100, -1).T / 255, labels[:100]
    )
    scores = trainer.predict(images[:100])
    assert np.mean(scores.argmax(axis=1) == labels[:100]) == cp["percent"]
    shifted = scores - scores.max(axis=1, keepdims=True)
    logs = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    assert -logs[range(100), labels[:100]].mean() == pytest.approx(cp["cost"])
    assert not scores[:, 9].any()
