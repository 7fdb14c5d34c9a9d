"""The losses in PyTorch's functions; targets are refused where handgrad's own losses refuse them."""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from handgrad import loss as losses
from handgrad._typing import AnyArray, Array
from handgrad.engine.torch.library import as_tensor, pytorch
from handgrad.errors import ArgumentError
from handgrad.loss import Loss, as_rows
from handgrad.ops import check_targets

TorchLoss = Callable[[Any, Array, AnyArray], Any]
"""From the network's output, once as a tensor and once as an array, and targets to the loss as a tensor."""


def _cross_entropy(y: Any, scores: Array, targets: AnyArray) -> Any:
    check_targets("cross_entropy", scores, targets)
    return pytorch().nn.functional.cross_entropy(y, as_tensor(targets, np.int64))


def _probability_cross_entropy(y: Any, scores: Array, targets: AnyArray) -> Any:
    torch = pytorch()
    check_targets("probability_cross_entropy", scores, targets)
    kept = y.clamp_min(torch.finfo(y.dtype).tiny)  # as the reference op keeps the logarithm off zero
    return torch.nn.functional.nll_loss(kept.log(), as_tensor(targets, np.int64))


def _mse(y: Any, scores: Array, targets: AnyArray) -> Any:
    losses.MSELoss().forward(scores, targets)  # refuses other shapes, which PyTorch would broadcast
    rows = as_tensor(as_rows("mse_loss", scores, targets), scores.dtype)
    return pytorch().nn.functional.mse_loss(y, rows)


def _euclidean(y: Any, scores: Array, targets: AnyArray) -> Any:
    losses.EuclideanLoss().forward(scores, targets)
    rows = as_tensor(as_rows("euclidean_loss", scores, targets), scores.dtype)
    return pytorch().nn.functional.mse_loss(y, rows, reduction="sum") / (2 * len(scores))


LOSSES: Mapping[type, TorchLoss] = {
    losses.CrossEntropyLoss: _cross_entropy,
    losses.ProbabilityCrossEntropyLoss: _probability_cross_entropy,
    losses.MSELoss: _mse,
    losses.EuclideanLoss: _euclidean,
}


def mirror_loss(loss: Loss) -> TorchLoss:
    """A loss as PyTorch computes it.

    Raises:
        ArgumentError: a loss of one's own.

    Example:
        >>> mirror_loss(losses.CrossEntropyLoss()).__name__
        '_cross_entropy'
    """
    if type(loss) not in LOSSES:
        raise ArgumentError(
            "the torch engine",
            expected=f"one of the losses {', '.join(kind.__name__ for kind in LOSSES)}",
            got=repr(loss),
            hint="the reference engine takes losses of your own",
        )
    return LOSSES[type(loss)]
