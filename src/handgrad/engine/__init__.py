"""Engines: they run a network and update its arrays, all behind one protocol."""

import numpy as np

from handgrad.engine.choose import ENGINES, choose_engine
from handgrad.engine.own import check_parts
from handgrad.engine.protocol import Augmentation, Engine, Step
from handgrad.engine.reference import ReferenceEngine
from handgrad.engine.threads import choose_threads, usable_cores
from handgrad.loss import Loss
from handgrad.nn import Sequential
from handgrad.nn.checked import checked_seed
from handgrad.optim import Clipping, Optimizer, Schedule, WeightAverage


def compile(
    network: Sequential,
    loss: Loss,
    optimizer: Optimizer,
    *,
    schedule: Schedule | None = None,
    clip: Clipping | None = None,
    average: WeightAverage | None = None,
    engine: str | None = None,
    threads: int | None = None,
    seed: int | None = None,
) -> Engine:
    """Bind a network to a loss, an optimizer and the engine that will run them.

    Arguments:
        network: its parameters are updated in place.
        loss: what is minimised, such as ``CrossEntropyLoss()``.
        optimizer: how, such as ``SGD(lr=0.01, momentum=0.9)``.
        schedule: the learning rate at each step; None: the optimizer's own.
        clip: what is done to too large gradients; None: nothing.
        average: of the weights over the steps, used in evaluation; None: none.
        engine: "compiled", "reference" or "torch"; None: compiled, where this machine can and the network
            is float32.
        threads: None: ``HANDGRAD_THREADS``, else every core that this process may use.
        seed: of dropout and augmentation; None: the network's.

    Raises:
        ArgumentError: an unknown engine, a number of threads below 1, a class where an object is wanted,
            or an object that lacks what its part needs.

    Example:
        >>> import numpy as np, handgrad as hg
        >>> net = hg.Sequential([hg.Linear(4, 2)], seed=0)
        >>> run = hg.compile(net, loss=hg.CrossEntropyLoss(), optimizer=hg.SGD(lr=0.1))
        >>> run.train_step(np.ones((1, 4), np.float32), np.array([1])).count
        1
    """
    check_parts(
        {
            "network": network,
            "loss": loss,
            "optimizer": optimizer,
            "schedule": schedule,
            "clip": clip,
            "average": average,
        }
    )
    if engine is None and network.dtype == np.float64:
        engine = "reference"  # kernels are for float32; whoever chose float64 wants its digits, not speed
    return choose_engine(engine)(
        network,
        loss,
        optimizer,
        schedule=schedule,
        clip=clip,
        average=average,
        threads=choose_threads(threads),
        seed=network.seed_value if seed is None else checked_seed("compile", seed),
    )


__all__ = [
    "ENGINES",
    "Augmentation",
    "Engine",
    "ReferenceEngine",
    "Step",
    "choose_engine",
    "choose_threads",
    "compile",
    "usable_cores",
]
