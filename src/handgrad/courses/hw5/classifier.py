"""The classifier of ``hw5.py``: the document's network and its momentum method."""

import numpy as np

from handgrad._typing import AnyArray, Array, IntArray
from handgrad.courses.hw5.nn_layers import (
    nn_activation_layer,
    nn_convolutional_layer,
    nn_cross_entropy_layer,
    nn_fc_layer,
    nn_max_pooling_layer,
    nn_softmax_layer,
)
from handgrad.courses.hw5.shapes import expect
from handgrad.errors import ArgumentError

__all__ = ["nn_mnist_classifier"]

Outputs = tuple[Array, IntArray, Array, Array, Array, Array, Array, Array, Array, np.float64]
Gradients = tuple[Array, Array, Array, Array, Array, Array]


class nn_mnist_classifier:
    """28 filters of 3x3, ReLU, 2x2 max-pooling, 128 hidden units, ReLU, 10 scores, softmax; section 3.2.

    Arguments:
        mmt_friction: the share a of the velocity that is kept from step to step.
        lr: the learning rate; with ``v = a v + (1 - a) g`` it is large, 0.5 rather than 0.05.

    The layers are ``conv_layer_1, act_1, maxpool_layer_1, fc1, act_2, fc2, sm1, xent``; the velocities
    ``v_w_cv1, v_b_cv1, v_w_fc1, v_b_fc1, v_w_fc2, v_b_fc2``, at first 0.

    Example:
        >>> classifier = nn_mnist_classifier(lr=0.5)
        >>> scores, loss = classifier.forward(np.zeros((16, 1, 28, 28)), np.zeros(16, int))
        >>> classifier.backprop()
        >>> classifier.update_weights()
        >>> scores.shape
        (16, 10)
    """

    def __init__(self, mmt_friction: float = 0.9, lr: float = 1e-2) -> None:
        self.conv_layer_1 = nn_convolutional_layer(3, 3, input_size=28, in_ch_size=1, out_ch_size=28)
        self.act_1 = nn_activation_layer()
        self.maxpool_layer_1 = nn_max_pooling_layer(stride=2, pool_size=2)
        self.fc1 = nn_fc_layer(input_size=28 * 13 * 13, output_size=128)
        self.act_2 = nn_activation_layer()
        self.fc2 = nn_fc_layer(input_size=128, output_size=10)
        self.sm1 = nn_softmax_layer()
        self.xent = nn_cross_entropy_layer()
        self.v_w_cv1, self.v_b_cv1 = (np.zeros_like(array) for array in self.conv_layer_1.get_weights())
        self.v_w_fc1, self.v_b_fc1 = (np.zeros_like(array) for array in self.fc1.get_weights())
        self.v_w_fc2, self.v_b_fc2 = (np.zeros_like(array) for array in self.fc2.get_weights())
        self.mmt_friction, self.lr = mmt_friction, lr
        self.fwd_cache: Outputs | None = None
        self.bkp_cache: Gradients | None = None

    def forward(self, x: AnyArray, y: AnyArray, backprop_req: bool = True) -> tuple[Array, np.float64]:
        """Probabilities and the mean loss of a batch.

        Arguments:
            x: (batch_size, 1, 28, 28), pixels from 0 to 1.
            y: (batch_size,), the true classes.
            backprop_req: whether `backprop` is to follow: keeps what it needs.

        Returns:
            scores (batch_size, 10) and the loss.

        Raises:
            ShapeError: other shapes.
            DataError: a label that is no class.
        """
        x = expect("nn_mnist_classifier.forward", "x", x, "batch_size", 1, 28, 28)
        expect("nn_mnist_classifier.forward", "y", y, len(x))
        cv1_f = self.conv_layer_1.forward(x)  # -> (batch_size, 28, 26, 26)
        ac1_f = self.act_1.forward(cv1_f)
        mp1_f = self.maxpool_layer_1.forward(ac1_f)  # -> (batch_size, 28, 13, 13)
        fc1_f = self.fc1.forward(mp1_f)  # -> (batch_size, 128)
        ac2_f = self.act_2.forward(fc1_f)
        fc2_f = self.fc2.forward(ac2_f)  # -> (batch_size, 10)
        scores = self.sm1.forward(fc2_f)
        loss = self.xent.forward(scores, y)
        if backprop_req:
            labels = np.asarray(y)
            self.fwd_cache = (x, labels, cv1_f, ac1_f, mp1_f, fc1_f, ac2_f, fc2_f, scores, loss)
        return scores, loss

    def backprop(self) -> None:
        """Keep the gradients of the batch that was last passed with ``backprop_req``, for `update_weights`.

        Raises:
            ArgumentError: there was none.
        """
        if self.fwd_cache is None:
            raise _out_of_order("backprop", "forward(x, y, backprop_req=True)")
        x, y, cv1_f, ac1_f, mp1_f, fc1_f, ac2_f, fc2_f, scores, _ = self.fwd_cache
        gradient = self.sm1.backprop(fc2_f, self.xent.backprop(scores, y))
        gradient, dw_fc2, db_fc2 = self.fc2.backprop(ac2_f, gradient)
        gradient = self.act_2.backprop(fc1_f, gradient)
        gradient, dw_fc1, db_fc1 = self.fc1.backprop(mp1_f, gradient)  # -> (batch_size, 28, 13, 13)
        gradient = self.maxpool_layer_1.backprop(ac1_f, gradient)  # -> (batch_size, 28, 26, 26)
        gradient = self.act_1.backprop(cv1_f, gradient)
        _, dw_cv1, db_cv1 = self.conv_layer_1.backprop(x, gradient)
        self.bkp_cache = (dw_fc2, db_fc2, dw_fc1, db_fc1, dw_cv1, db_cv1)

    def update_weights(self) -> None:
        """One step of the momentum method: v = a v + (1 - a) g, w = w - lr v, for every W and b.

        Raises:
            ArgumentError: `backprop` was not called before.
        """
        if self.bkp_cache is None:
            raise _out_of_order("update_weights", "backprop()")
        a, lr = self.mmt_friction, self.lr
        dw_fc2, db_fc2, dw_fc1, db_fc1, dw_cv1, db_cv1 = self.bkp_cache
        self.v_w_fc2 = a * self.v_w_fc2 + (1 - a) * dw_fc2
        self.v_b_fc2 = a * self.v_b_fc2 + (1 - a) * db_fc2
        self.v_w_fc1 = a * self.v_w_fc1 + (1 - a) * dw_fc1
        self.v_b_fc1 = a * self.v_b_fc1 + (1 - a) * db_fc1
        self.v_w_cv1 = a * self.v_w_cv1 + (1 - a) * dw_cv1
        self.v_b_cv1 = a * self.v_b_cv1 + (1 - a) * db_cv1
        self.fc2.update_weights(-lr * self.v_w_fc2, -lr * self.v_b_fc2)
        self.fc1.update_weights(-lr * self.v_w_fc1, -lr * self.v_b_fc1)
        self.conv_layer_1.update_weights(-lr * self.v_w_cv1, -lr * self.v_b_cv1)


def _out_of_order(method: str, before: str) -> ArgumentError:
    return ArgumentError(f"nn_mnist_classifier.{method}", expected=f"{before} before it", got="no such call")
