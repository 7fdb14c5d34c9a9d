"""handgrad: neural networks whose every forward and backward pass is written out by hand in NumPy.

Example:
    >>> import numpy as np, handgrad as hg
    >>> net = hg.Sequential([hg.Flatten(), hg.Linear(16, 2)], seed=0)
    >>> run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(lr=0.1))
    >>> run.predict(np.zeros((3, 1, 4, 4), np.float32)).shape
    (3, 2)
"""

__version__ = "0.1.0"

from handgrad import data, engine, errors, loss, metrics, nn, ops, optim, train
from handgrad.data import *  # noqa: F403 (each room's __all__ is its public face)
from handgrad.engine import compile
from handgrad.loss import *  # noqa: F403
from handgrad.nn import *  # noqa: F403
from handgrad.optim import *  # noqa: F403
from handgrad.train import Evaluation, Record, evaluate, fit
