import numpy as np
import pytest

from handgrad.grading.child.trainer import Trainer
from handgrad.grading.child.trainers import TRAINERS
from handgrad.grading.rules import RULES
from tests.grading.child.trainers.made import begun, digits, losses, share_right
from tests.grading.in_process import COURSES, adapter

STEPS = {"classifier": 25, "lenet": 30, "mnistnet": 200, "convnet": 80}
"""After which a network has learnt something; 60 for all others."""

RATES = {"lenet": {"epsilon": 0.05}, "mnistnet": {"lr": 0.002}, "convnet": {"lr": 0.1}, "mlp": {"lr": 0.01}}
"""Where the document's own rate needs more than a test's time."""


def test_every_protocol_has_a_trainer_and_a_rule():
    assert TRAINERS.keys() == RULES.keys() == COURSES.keys()
    assert all(issubclass(trainer, Trainer) for trainer in TRAINERS.values())


@pytest.mark.parametrize("protocol", TRAINERS)
def test_the_courses_own_modules_train(protocol):
    if protocol == "convnet":
        pytest.importorskip("torch")
    trainer = begun(protocol, adapter(protocol), **RATES.get(protocol, {}))
    before = share_right(trainer)
    found = losses(trainer, STEPS.get(protocol, 60))
    trainer.epoch()
    assert before < 0.3
    assert found[-5:].mean() < 0.6 * found[:5].mean()
    assert share_right(trainer) > 0.7


@pytest.mark.parametrize("protocol", TRAINERS)
def test_predicting_changes_nothing_and_a_seed_is_repeated(protocol):
    if protocol == "convnet":
        pytest.importorskip("torch")
    images, _ = digits()
    told = []
    for looks in (0, 1):
        trainer = begun(protocol, adapter(protocol))
        losses(trainer, 1, 10)
        for _ in range(looks):
            trainer.predict(images[:30])
        losses(trainer, 1, 10)
        told.append(trainer.predict(images[:10]))
    assert np.array_equal(*told)
    other = begun(protocol, adapter(protocol), seed=1).predict(images[:10])
    assert not np.allclose(other, begun(protocol, adapter(protocol)).predict(images[:10]))
