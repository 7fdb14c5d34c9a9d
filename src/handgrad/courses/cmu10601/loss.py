"""The last three layers in one: inner product, softmax, negative log-likelihood."""

from __future__ import annotations

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray
from handgrad.errors import ShapeError
from handgrad.metrics import accuracy
from handgrad.ops import cross_entropy_backward, cross_entropy_forward, linear_backward, linear_forward


def mlrloss(wb: Array, X: Array, y: AnyArray, K: int, prediction: int) -> tuple[float, Array, Array, float]:
    """Multinomial logistic regression: loss, gradients, accuracy. The last class's logit is fixed at 0.

    Arguments:
        wb: (num + 1, K − 1), the weight with the bias as its last row.
        X: (num, batch), the input.
        y: (batch,) labels, 0 to K − 1.
        K: the number of classes.
        prediction: whether the accuracy is wanted.

    Returns:
        nll, the negative log-likelihood summed over the batch; g (num + 1, K − 1) and od (num, batch), its
        gradients with respect to wb and X; and percent, the share classified rightly, from 0 to 1 (0 where
        it is not wanted).

    Raises:
        ShapeError: wb, X or y of another shape.
        DataError: a label outside the K classes.

    Example:
        >>> nll, g, od, percent = mlrloss(np.zeros((3, 1)), np.ones((2, 4)), np.array([0, 0, 0, 1]), 2, 1)
        >>> round(nll / 4, 4), g.T, percent
        (0.6931, array([[-1., -1., -1.]]), 0.75)
    """
    wb, X = np.asarray(wb, dtype=np.float64), np.asarray(X, dtype=np.float64)
    if X.ndim != 2:
        raise ShapeError("mlrloss", expected="X of shape (num, batch)", got=str(X.shape))
    num, batch = X.shape
    if wb.shape != (num + 1, K - 1):
        raise ShapeError(
            "mlrloss", expected=f"wb of shape (num+1, K-1) = {(num + 1, K - 1)}", got=str(wb.shape)
        )
    targets = labels_of(y, batch, "mlrloss")
    free, cache = linear_forward(X.T, wb[:-1].T, wb[-1])  # (num, N) -> (N, K-1)
    logits = np.pad(free, ((0, 0), (0, 1)))  # (N, K-1) -> (N, K): the last one is 0
    mean, loss_cache = cross_entropy_forward(logits, targets)
    dlogits = cross_entropy_backward(float(batch), loss_cache)  # of the sum, not of the mean
    dx, dweight, dbias = linear_backward(dlogits[:, :-1], cache)
    g = np.vstack([dweight.T, np.asarray(dbias)[None]])  # (num, K-1), (K-1,) -> (num+1, K-1)
    return mean * batch, g, dx.T, accuracy(logits, targets) if prediction else 0.0


mrloss = mlrloss  # one of the document's names for it


def labels_of(y: AnyArray, batch: int, where: str) -> IntArray:
    """Labels as integers, (batch,); also of the (1, batch) and of the floats that a ``.mat`` file may give.

    Raises:
        ShapeError: they are not one whole number for each image.
    """
    labels = np.asarray(y)
    whole = labels.dtype.kind in "iu" or (
        labels.dtype.kind == "f" and bool(np.all(labels == np.rint(labels)))
    )
    if labels.size != batch or max(labels.shape, default=1) != batch or not whole:
        got = f"{labels.shape}, {labels.dtype}"
        raise ShapeError(where, expected=f"labels of shape (batch,) = {(batch,)}, whole numbers", got=got)
    return labels.reshape(batch).astype(np.int64)
