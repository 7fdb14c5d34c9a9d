"""The training of a submission as its grader sees it: images go in, and no array that comes out is trusted.

The submission runs in a child process. It is given the images and labels to learn from, and images without
labels to tell the digits of; its accuracy is counted here.
"""

import math
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

import numpy as np

from handgrad._typing import AnyArray, ByteArray, IntArray
from handgrad.courses.course import CLASSES, SIDES, check_images
from handgrad.data import Dataset, Splits, shuffled_indices
from handgrad.grading.rules import Rule

IMAGES_AT_ONCE = 500  # in prediction
TIME = "time"
LOOKS = 0.1  # of the training's seconds may be spent on validation images as well; then the curve ends

T = TypeVar("T")


class ChildError(Exception):
    """The submission failed, or its process ended.

    Arguments:
        sentence: what happened, for the submission's author.
    """

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class TimeUpError(Exception):
    """No answer came within the time that there was."""


class TrainingChild(Protocol):
    """The process of a submission that is trained; each call may raise `ChildError` or `TimeUpError`."""

    def start(self, protocol: str, settings: Mapping[str, Any]) -> None:
        """Build the submission's network.

        Arguments:
            protocol: how it is trained.
            settings: the course's own, and the seed.
        """

    def step(self, x: ByteArray, y: IntArray) -> float:
        """Learn from images (N, 28, 28) and their digits (N,); the loss, or nan."""

    def predict(self, x: ByteArray) -> AnyArray:
        """What it says of images (N, 28, 28): any array at all."""

    def epoch(self) -> None:
        """An epoch is over."""


@dataclass(frozen=True)
class Outcome:
    """What came of a training.

    Arguments:
        accuracy: on the test images, from 0 to 1; None where it could not be told.
        epochs: done, in whole batches: 0.5 is half of the first.
        steps: done.
        seconds: that learning took, without the predictions.
        stopped: why it ended early: "time" where its time was up, or a sentence about what went wrong; empty
            where it did not.
        curve: for each epoch "step", "validation" (the accuracy) and, where the submission told finite ones,
            "loss" (the mean since the point before).
    """

    accuracy: float | None
    epochs: float
    steps: int
    seconds: float
    stopped: str = ""
    curve: tuple[dict[str, float], ...] = ()


def train(
    child: TrainingChild, rule: Rule, splits: Splits, clock: Callable[[], float] = time.perf_counter
) -> Outcome:
    """Train a submission by a rule, and count how many test images it reads rightly.

    When its time is up, what it learnt by then is tested. When it fails, nothing is.

    Arguments:
        child: its process, not started.
        rule: how it is trained.
        splits: the images. The labels of the validation and of the test images stay here.
        clock: seconds, from any moment on.

    Returns:
        the accuracy, or why there is none.

    Raises:
        DataError: images that are not of MNIST's kind.

    Example:
        >>> from handgrad.data import load_digits
        >>> class Sevens:
        ...     def start(self, protocol, settings): ...
        ...     def step(self, x, y): return 1.0
        ...     def predict(self, x): return np.full(len(x), 7)
        ...     def epoch(self): ...
        >>> outcome = train(Sevens(), Rule("classifier", batch_size=100, epochs=2), load_digits())
        >>> outcome.accuracy, outcome.epochs, outcome.steps
        (0.1, 2.0, 24)
    """
    check_images(splits)
    data = splits.limit(train=rule.train_images, validation=rule.validation_images)
    course = _Course(child, rule, data, clock)
    accuracy, stopped = None, ""
    try:
        try:
            course.learn()
        except TimeUpError:
            stopped = TIME
        accuracy = _accuracy(course.predicted(data.test, rule.seconds), data.test)
    except ChildError as error:
        stopped = error.sentence
    except TimeUpError:
        stopped = "Its time was up before it had read the test images."
    return Outcome(
        accuracy, course.steps / course.per_epoch, course.steps, course.seconds, stopped, tuple(course.curve)
    )


@dataclass
class _Course:
    """A training on its way."""

    child: TrainingChild
    rule: Rule
    data: Splits
    clock: Callable[[], float]
    steps: int = 0
    seconds: float = 0.0
    looking: float = 0.0
    losses: list[float] = field(default_factory=list)
    curve: list[dict[str, float]] = field(default_factory=list)

    @property
    def per_epoch(self) -> int:
        return self.rule.steps_per_epoch(len(self.data.train))

    def learn(self) -> None:
        """All steps of the rule, with a point of the curve after each epoch and at the end.

        Raises:
            TimeUpError: they take too long; the last point is there nevertheless.
            ChildError: the submission failed.
        """
        rule = self.rule
        try:
            self._timed(lambda: self.child.start(rule.protocol, {**rule.settings, "seed": rule.seed}))
            for step in range(rule.steps(len(self.data.train))):
                if self.seconds >= rule.seconds:
                    raise TimeUpError
                self._step(*divmod(step, self.per_epoch))
                if self.steps % self.per_epoch == 0:
                    self._timed(self.child.epoch)
                    self._look()
        except TimeUpError:
            if self.steps % self.per_epoch:
                self._look()
            raise
        if self.steps % self.per_epoch:
            self._look()

    def _step(self, epoch: int, place: int) -> None:
        train, size = self.data.train, self.rule.batch_size
        if place == 0:
            self.order = shuffled_indices(len(train), seed=self.rule.seed, epoch=epoch)
        chosen = self.order[place * size : (place + 1) * size]
        x, y = _bytes(train, chosen), train.labels[chosen]
        self.losses.append(self._timed(lambda: self.child.step(x, y)))
        self.steps += 1

    def _timed(self, call: Callable[[], T]) -> T:
        start = self.clock()
        try:
            return call()
        finally:
            self.seconds += self.clock() - start

    def _look(self) -> None:
        """Add a point to the curve, as long as there is time for it."""
        left = LOOKS * self.rule.seconds - self.looking
        if left <= 0:
            return
        start, validation = self.clock(), self.data.validation
        point: dict[str, float] = {"step": self.steps}
        finite = [loss for loss in self.losses if math.isfinite(loss)]
        if finite:
            point["loss"] = sum(finite) / len(finite)
        try:
            point["validation"] = _accuracy(self.predicted(validation, left), validation)
        except TimeUpError:
            self.looking = math.inf  # no point comes after one that is missing
            return
        self.looking += self.clock() - start
        self.curve.append(point)
        self.losses.clear()

    def predicted(self, part: Dataset, seconds: float) -> IntArray:
        """The classes that the submission tells for images.

        Arguments:
            part: the images; their labels are not told.
            seconds: that it may take.

        Raises:
            TimeUpError: it takes longer.
            ChildError: it failed, or returned what is no prediction.
        """
        start, found = self.clock(), []
        for first in range(0, len(part), IMAGES_AT_ONCE):
            if self.clock() - start > seconds:
                raise TimeUpError
            images = _bytes(part, slice(first, first + IMAGES_AT_ONCE))
            found.append(_classes(self.child.predict(images), len(images)))
        return np.concatenate(found)


def _bytes(part: Dataset, chosen: IntArray | slice) -> ByteArray:
    """Images (N, 28, 28) of their own, which no one else sees."""
    return np.array(part.images[chosen]).reshape(-1, *SIDES)


def _accuracy(classes: IntArray, part: Dataset) -> float:
    return float(np.mean(classes == part.labels))


def _classes(answer: AnyArray, count: int) -> IntArray:
    """Classes of what was predicted, once it is known to be a prediction.

    Raises:
        ChildError: it is none.
    """
    shapes = ((count,), (count, CLASSES))
    if not isinstance(answer, np.ndarray) or answer.dtype.kind not in "biuf":
        kind = answer.dtype if isinstance(answer, np.ndarray) else type(answer).__name__
        raise ChildError(f"Its predictions are not numbers but of the type {kind}.")
    if answer.shape not in shapes:
        raise ChildError(
            f"Its predictions for {count} images have the shape {answer.shape}, "
            f"where scores have {shapes[1]} and classes {shapes[0]}."
        )
    if not np.isfinite(answer).all():
        raise ChildError("Its predictions are not finite: among them is nan or infinity.")
    return answer.argmax(axis=1) if answer.ndim == 2 else answer
