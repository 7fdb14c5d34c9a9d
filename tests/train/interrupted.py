"""A training that can be killed at any moment: run it again in the same folder, and it goes on.

    python interrupted.py RUNS [EVENT | bytes=LIMIT]

RUNS is where the run folder is, or is made. With EVENT the process kills itself, as `kill -9` does, right
before the EVENT-th time that a file is opened, synchronised or given its name. With bytes=LIMIT no file may
become larger. Prints "ready" when the training begins, "done" when it is over.
"""

import builtins
import os
import signal
import sys
import time
from pathlib import Path

import numpy as np

import handgrad as hg
from handgrad.errors import RunError
from handgrad.train import Plan, RunFolder, Training, load_checkpoint, train_in_folder
from tests.engine.engine_cases import make_data, make_net, make_run

CHECKPOINT_EVERY = 7
PLAN = Plan(epochs=20, batch_size=16, every=5, log_every=2, watch_every=4, patience=4, keep_best=True, seed=3)


def shifted(images, rng):
    time.sleep(0.003)  # so that there is time to be killed
    return np.roll(images, rng.integers(-1, 2, 2), axis=(-2, -1))


def make_training() -> Training:
    """Dropout, batch norm, augmentation, Adam with a schedule, averages, patience and the best epoch."""
    run = make_run(
        make_net(seed=2),
        hg.Adam(lr=0.01),
        schedule=hg.OneCycleLR(0.02),
        clip=hg.ClipGradNorm(1.0),
        average=hg.ExponentialMovingAverage(0.8),
    )
    return Training(
        run,
        make_data(70),
        PLAN,
        validation=make_data(30, seed=1),
        watch={"test": make_data(20, seed=2)},
        augment=shifted,
    )


def run_folder(runs: Path) -> RunFolder | None:
    """The run that was begun in this folder, if there is one."""
    for path in sorted(runs.glob("*/run.json")):
        return RunFolder.open(path.parent)
    return None


def train(runs: Path, stop=lambda: False) -> Training:
    """Begin, or go on."""
    training, folder = make_training(), run_folder(runs)
    if folder is None:
        folder = RunFolder.create(runs, "test", "epochs = 6\n", {"seed": 3})
    else:
        load_checkpoint(folder, training)
    for _ in train_in_folder(folder, training, checkpoint_every=CHECKPOINT_EVERY, stop=stop):
        pass
    return training


def die_at(event: int) -> None:
    """From now on count what happens to files, and die before the event-th."""
    count = 0

    def counted(call):
        def wrapped(*arguments, **options):
            nonlocal count
            count += 1
            if count == event:
                os.kill(os.getpid(), signal.SIGKILL)
            return call(*arguments, **options)

        return wrapped

    for owner, name in [(os, "fsync"), (os, "replace"), (os, "fdopen"), (Path, "open"), (builtins, "open")]:
        setattr(owner, name, counted(getattr(owner, name)))


def main(runs: Path, what: str = "") -> None:
    if what.startswith("bytes="):
        import resource

        limit = int(what.removeprefix("bytes="))
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    elif what:
        die_at(int(what))
    print("ready", flush=True)
    try:
        train(runs)
    except RunError as error:
        print(error, flush=True)
    else:
        print("done", flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), *sys.argv[2:])
