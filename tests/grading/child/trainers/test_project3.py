import types

import numpy as np
import pytest

from handgrad.courses import project3
from handgrad.grading.child.trainer import InterfaceError
from handgrad.grading.child.trainers.project3 import MANY, ONE
from tests.checks.codes import Project3
from tests.grading.child.trainers.made import begun, digits

VECTOR, COLUMN, ROW = ONE
ROWS, COLUMNS = MANY


class Columns(Project3.MLP):
    """One image a column, biases too; of several columns it takes the softmax as if they were one."""

    def __init__(self):
        super().__init__()
        self.b1, self.b2 = np.zeros((64, 1)), np.zeros((10, 1))

    def forward(self, x):
        self.x = x
        self.f1 = Project3.sigmoid(self.W1 @ x + self.b1)
        e = np.exp(self.W2 @ self.f1 + self.b2)
        self.y_hat = e / e.sum(axis=self.axis)
        return self.y_hat

    axis = None

    def update_grad(self, y):
        da2 = self.y_hat - y
        da1 = (self.W2.T @ da2) * self.f1 * (1 - self.f1)
        self.W2_grad = self.W2_grad + da2 @ self.f1.T
        self.b2_grad = self.b2_grad + da2.sum(axis=1, keepdims=True)
        self.W1_grad = self.W1_grad + da1 @ self.x.T
        self.b1_grad = self.b1_grad + da1.sum(axis=1, keepdims=True)


class ManyColumns(Columns):
    axis = 0


class Rows(project3.MLP):
    """Takes a batch, and nothing that is none."""

    def forward(self, x):
        assert x.ndim == 2
        return super().forward(x)


class MeanRows(project3.MLP):
    """Of a batch it makes the mean, where the course wants the sum."""

    def update_grad(self, y):
        super().update_grad(y)
        for name in ("W1", "b1", "W2", "b2") if y.ndim == 2 else ():
            setattr(self, f"{name}_grad", getattr(self, f"{name}_grad") / len(y))


CLASSES = {
    project3.MLP: ROWS,
    Rows: ROWS,
    MeanRows: VECTOR,
    Project3.MLP: VECTOR,
    Columns: COLUMN,
    ManyColumns: COLUMNS,
}


def trainer_of(kind):
    return begun("mlp", lambda name: types.SimpleNamespace(MLP=kind), lr=0.01)


@pytest.mark.parametrize(("kind", "form"), CLASSES.items(), ids=lambda value: getattr(value, "__name__", ""))
def test_whatever_form_it_takes_it_learns_the_same(kind, form):
    images, labels = digits()
    trainer, own = trainer_of(kind), trainer_of(project3.MLP)
    for start in (0, 20):
        part = slice(start, start + 20)
        assert trainer.step(images[part], labels[part]) == pytest.approx(own.step(images[part], labels[part]))
    assert trainer.form == form
    assert np.allclose(trainer.predict(images[:30]), own.predict(images[:30]))


def test_two_steps_are_the_documents_own():
    images, labels = digits()
    trainer = trainer_of(Project3.MLP)
    told = [trainer.step(images[part], labels[part]) for part in (slice(0, 5), slice(5, 10))]
    np.random.seed(0)
    net, own = Project3.MLP(), []
    for part in (slice(0, 5), slice(5, 10)):
        net.reset_grad()
        entropies = []
        for image, y in zip(images[part], np.eye(10)[labels[part]], strict=True):
            entropies.append(Project3.CrossEntropy(net.forward(image.reshape(-1) / 255), y))
            net.update_grad(y)
        net.update_params(0.01)
        own.append(np.mean(entropies))
    assert told == pytest.approx(own)
    assert all(np.allclose(getattr(trainer.net, name), getattr(net, name)) for name in ("W1", "b1", "W2"))


def test_looking_for_the_form_learns_nothing():
    images, _ = digits()
    before = trainer_of(Project3.MLP)
    assert before.predict(images[:5]).shape == (5, 10)
    np.random.seed(0)
    assert np.array_equal(before.net.W1, Project3.MLP().W1)


def test_what_takes_no_form_is_told():
    class Scores(Project3.MLP):
        def forward(self, x):
            return super().forward(x)[:7]

    class Growing(Project3.MLP):
        def update_params(self, learning_rate):
            self.b1 = self.b1 + np.zeros((3, 64))

    class Broken(Project3.MLP):
        def update_grad(self, y):
            raise ValueError("student's own words")

    images, labels = digits()
    for kind, error, words in (
        (Scores, InterfaceError, r"of shape \(7,\) for an x of shape \(784,\), where ŷ has \(10,\)\.$"),
        (Growing, InterfaceError, "does not keep the sizes of W1, b1, W2 and b2"),
        (Broken, ValueError, "student's own words"),
    ):
        with pytest.raises(error, match=words):
            trainer_of(kind).step(images[:2], labels[:2])
