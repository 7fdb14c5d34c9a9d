"""The end of the forward pass: the loss, and where the backward pass begins."""

from typing import Any

import numpy as np

from handgrad import ops
from handgrad._typing import AnyArray, Array
from handgrad.engine.compiled.kernels.loss import cross_entropy, probability_cross_entropy, squared_distance
from handgrad.engine.compiled.native.emitter import float_bits
from handgrad.engine.compiled.plan.builder import Builder
from handgrad.engine.compiled.plan.fallback import plain, to_rows
from handgrad.engine.compiled.plan.rows import Rows
from handgrad.engine.own import loss_backward, loss_forward
from handgrad.loss import (
    CrossEntropyLoss,
    EuclideanLoss,
    Loss,
    MSELoss,
    ProbabilityCrossEntropyLoss,
    as_rows,
)
from handgrad.metrics import correct


class ClassLoss:
    """Cross-entropy of logits or of probabilities.

    Arguments:
        build: of the plan.
        y: the memory of the network's output, (B, K, L).
        kind: of loss.
    """

    def __init__(self, build: Builder, y: Array, kind: type[Any]) -> None:
        self._build, self._classes, self._of_logits = build, y.shape[1], kind is CrossEntropyLoss
        self._targets = build.array((build.blocks * build.L,))
        self._like = np.broadcast_to(np.float32(0), (build.images, self._classes))
        self.dy = build.maps(self._classes)
        self._sums, self._shifted, self._right = (build.array(self._targets.shape) for _ in range(3))
        factory = cross_entropy if self._of_logits else probability_cross_entropy
        share = float_bits(1 / build.images)
        arguments = [y, self._targets, self.dy, self._sums, self._shifted, self._right, share, build.images]
        build.add(factory, {"classes": self._classes}, arguments, build.blocks)

    def aim(self, targets: AnyArray) -> None:
        """Take the targets of the next step.

        Raises:
            ShapeError, DataError: they are no class numbers for this network's output.
        """
        images = self._build.images
        op = "cross_entropy" if self._of_logits else "probability_cross_entropy"
        ops.check_targets(op, self._like, targets)
        self._targets[:images] = targets

    def result(self) -> tuple[float, int]:
        """The mean loss, and how many images were classified rightly."""
        images = self._build.images
        with np.errstate(divide="ignore", over="ignore", invalid="ignore"):
            if self._of_logits:
                losses = np.log(self._sums[:images]) - self._shifted[:images]
            else:
                losses = -np.log(self._shifted[:images])
            return float(losses.mean()), int(self._right[:images].sum())


class DistanceLoss:
    """The Euclidean loss, and the mean squared one.

    Arguments:
        build: of the plan.
        y: the memory of the network's output, (B, F, L).
        kind: of loss.
        shape: of one output.
    """

    def __init__(self, build: Builder, y: Array, kind: type[Any], shape: tuple[int, ...]) -> None:
        features = y.shape[1]
        self._build, self._shape, self._kind = build, shape, kind
        self._rows = Rows(build, features, "floats")
        self._scores = to_rows(build, y)
        targets = self._rows.append(build)
        self.dy = build.maps(features)
        self._sums = build.array((build.blocks * build.L,))
        count = build.images * (features if kind is MSELoss else 1)
        self._scale = 1 / count if kind is MSELoss else 1 / (2 * count)
        share = float_bits(2 / count if kind is MSELoss else 1 / count)
        arguments = [y, targets, self.dy, self._sums, share, build.images]
        build.add(squared_distance, {"features": features}, arguments, build.blocks)

    def aim(self, targets: AnyArray) -> None:
        """Take the targets of the next step: values, or class numbers.

        Raises:
            ShapeError, DataError: they do not fit the network's output.
        """
        self._classes = targets
        like = np.broadcast_to(np.float32(0), (self._build.images, *self._shape))
        op = "mse_loss" if self._kind is MSELoss else "euclidean_loss"
        wanted = as_rows(op, like, targets)
        if wanted.shape != like.shape:
            self._kind().forward(like, targets)  # says what is wrong
        self._rows.point_at(np.ascontiguousarray(wanted, np.float32))

    def result(self) -> tuple[float, int]:
        """The loss, and how many images were classified rightly."""
        right = 0
        if len(self._shape) == 1 and self._classes.ndim == 1:
            right = correct(plain(self._build, self._scores, self._shape), self._classes)
        with np.errstate(over="ignore", invalid="ignore"):
            return float(self._sums[: self._build.images].sum()) * self._scale, right


class OwnLoss:
    """A loss that has no kernel: its own code runs.

    Arguments:
        build: of the plan.
        y: the memory of the network's output, (B, F, L).
        loss: any.
        shape: of one output.
    """

    def __init__(self, build: Builder, y: Array, loss: Loss, shape: tuple[int, ...]) -> None:
        scores = to_rows(build, y)
        rows = Rows(build, y.shape[1], "floats", gradients=True)

        def run() -> None:
            found = plain(build, scores, shape)
            value, cache = loss_forward(loss, found, self._targets)
            right = correct(found, self._targets) if found.ndim == 2 and self._targets.ndim == 1 else 0
            self._result = value, right
            dy = loss_backward(loss, cache, found.shape)
            rows.point_at(np.ascontiguousarray(dy, np.float32))

        build.python(run)
        self.dy = rows.append(build)

    def aim(self, targets: AnyArray) -> None:
        """Take the targets of the next step."""
        self._targets = targets

    def result(self) -> tuple[float, int]:
        """The loss, and how many images were classified rightly."""
        return self._result


Losses = ClassLoss | DistanceLoss | OwnLoss
COMPILED = (CrossEntropyLoss, ProbabilityCrossEntropyLoss, EuclideanLoss, MSELoss)


def append_loss(build: Builder, loss: Loss, y: Array, shape: tuple[int, ...]) -> Losses:
    """Append the loss of an output of this shape.

    Arguments:
        build: of the plan.
        loss: which.
        y: the memory of the network's output.
        shape: of one output.
    """
    kind = type(loss)
    if kind in COMPILED[:2] and len(shape) == 1:
        return ClassLoss(build, y, kind)
    if kind in COMPILED[2:]:
        return DistanceLoss(build, y, kind, shape)
    return OwnLoss(build, y, loss, shape)
