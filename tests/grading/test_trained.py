"""Trainings in a submission's process: a classifier that guesses, and what can go wrong with it."""

from pathlib import Path

import numpy as np
import pytest

from handgrad.data import load_digits
from handgrad.grading.remote import Host
from handgrad.grading.rules import Rule
from handgrad.grading.sandbox import Box, Plan
from handgrad.grading.trained import InBox
from handgrad.grading.training import Outcome, train
from tests.grading.submitting import harmless_tier

CLASSIFIER = """
import numpy as np

class nn_mnist_classifier:
    def __init__(self, mmt_friction=0.9, lr=0.01):
        self.steps = 0
    def forward(self, x, y, backprop_req=True):
        {forward}
        scores = np.zeros((len(x), 10))
        scores[:, 7] = 1.0
        return scores, 2.5
    def backprop(self):
        {backprop}
    def update_weights(self):
        self.steps += 1

print("training for ever")
while True:
    pass
"""
RULE = Rule("classifier", batch_size=100, epochs=1, train_images=500, settings={"lr": 0.1, "momentum": 0.9})


def trained(
    folder: Path, forward: str = "pass", backprop: str = "pass", seconds: float = 20.0
) -> tuple[Outcome, Host]:
    text = CLASSIFIER.format(forward=forward, backprop=backprop)
    (folder / "hw5.py").write_text(text, encoding="utf-8")
    plan = Plan("hw5", folder, scripts=("hw5",))
    host = Host(lambda: Box(plan, harmless_tier()), folder, 10.0, 1.0)
    try:
        return train(InBox(host, seconds), RULE, load_digits()), host
    finally:
        host.close()


def test_a_guess_is_right_as_often_as_there_are_sevens(tmp_path: Path) -> None:
    outcome, host = trained(tmp_path)
    assert outcome.accuracy == pytest.approx(np.mean(load_digits().test.labels == 7))
    assert (outcome.steps, outcome.epochs, outcome.stopped, host.events) == (5, 1.0, "", [])
    assert outcome.curve[0]["loss"] == 2.5


def test_the_labels_of_test_images_are_not_there_to_be_told(tmp_path: Path) -> None:
    outcome, _ = trained(tmp_path, "if not backprop_req and np.any(y): raise ValueError('labels')")
    assert outcome.stopped == ""


def test_an_exception_is_told_with_its_line(tmp_path: Path) -> None:
    outcome, _ = trained(tmp_path, backprop="raise ValueError('shapes do not fit')")
    assert outcome.accuracy is None
    assert outcome.stopped == (
        "Training stopped with ValueError: shapes do not fit in line 13, "
        "\"raise ValueError('shapes do not fit')\"."
    )


def test_a_step_that_does_not_come_back_ends_the_training(tmp_path: Path) -> None:
    outcome, _ = trained(tmp_path, backprop="while self.steps == 3: pass", seconds=2.0)
    assert outcome.accuracy is None
    assert outcome.stopped == "One call did not come back within 2 seconds, in line 13 of hw5.py."


def test_a_process_that_ends_ends_the_training(tmp_path: Path) -> None:
    outcome, host = trained(tmp_path, backprop="import os; os._exit(0)")
    assert outcome.accuracy is None
    assert "the code ended the whole process, with exit code 0" in outcome.stopped
    assert "while it was trained" in host.events[0]


def test_what_is_no_classifier_is_told_in_the_courses_words(tmp_path: Path) -> None:
    outcome, _ = trained(tmp_path, forward="return x")
    assert outcome.stopped.startswith(
        "nn_mnist_classifier.forward(x, y, backprop_req=True) returned a ndarray"
    )


def test_printing_in_each_step_does_not_stop_it(tmp_path: Path) -> None:
    outcome, host = trained(tmp_path, backprop="print('x' * 1_000_000)")
    assert outcome.stopped == ""
    assert host.printed >= 5_000_000
