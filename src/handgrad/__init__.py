"""handgrad: neural networks whose every forward and backward pass is written out by hand in NumPy.

Example:
    >>> import numpy as np, handgrad as hg
    >>> net = hg.Sequential([hg.Flatten(), hg.Linear(16, 2)], seed=0)
    >>> run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(lr=0.1))
    >>> run.predict(np.zeros((3, 1, 4, 4), np.float32)).shape
    (3, 2)
"""

from lazy_loader import attach_stub as _attach_stub

# What there is stands in __init__.pyi. Each name is imported when it is first asked for, so that a command
# of the command line imports what it needs and nothing else: half of the time that `handgrad --help` takes.
_ROOMS = ("checks", "data", "engine", "loss", "nn", "optim", "recipes", "train")

__getattr__, __dir__, _names = _attach_stub(__name__, __file__)
__all__ = [name for name in _names if name not in (*_ROOMS, "__version__")]
