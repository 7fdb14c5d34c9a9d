"""Contestants that do nothing, or nothing good."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from handgrad.bench import Contestant
from handgrad.recipes import Recipe, find_recipe, override


class Toy:
    """Notes each call in a file, where it is given one."""

    def __init__(self, recipe: Recipe, threads: int, *, notes: str = "", word: str = "") -> None:
        self.notes, self.word = notes, word or os.environ.get("TOY_KERNELS", "")
        self.note("made")

    def note(self, what: str) -> None:
        if self.notes:
            with Path(self.notes).open("a") as file:
                file.write(f"{self.word} {what}\n")

    def call(self, measure: str) -> Callable[[], object]:
        self.note(measure)
        return lambda: time.sleep(0.001)


class CachingToy(Toy):
    """Takes long where its folder of kernels is empty."""

    def call(self, measure: str) -> Callable[[], object]:
        kernel = Path(os.environ["TOY_KERNELS"]) / measure
        self.note(f"{measure} {'warm' if kernel.exists() else 'cold'}")
        kernel.touch()
        return lambda: None


class Environment(Toy):
    """Fails with what it was given."""

    def __init__(self, recipe: Recipe, threads: int) -> None:
        names = ("HANDGRAD_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
        raise RuntimeError(f"{recipe.name} {threads} {[os.environ.get(name) for name in names]}")


class Rude(Toy):
    """Raises, crashes, leaves or falls silent, at a certain call of a measure."""

    def __init__(self, recipe: Recipe, threads: int, *, how: str, when: str, at: int = 2) -> None:
        super().__init__(recipe, threads)
        self.how, self.when, self.at = how, when, at

    def call(self, measure: str) -> Callable[[], object]:
        calls = 0

        def call() -> None:
            nonlocal calls
            calls += 1
            time.sleep(0.001)
            if measure == self.when and calls == self.at:
                HOW[self.how]()

        return call


def fail() -> None:
    raise ValueError("no such kernel\nand a long traceback of C++")


def fall_silent() -> None:
    child = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
    Path(os.environ["TOY_CHILD"]).write_text(f"{os.getpid()} {child.pid}")
    time.sleep(60)


HOW: Mapping[str, Callable[[], object]] = {
    "raises": fail,
    "crashes": lambda: os.kill(os.getpid(), signal.SIGSEGV),
    "leaves": lambda: os._exit(3),
    "falls silent": fall_silent,
}


def toy(kind: str, name: str = "", **options: Any) -> Contestant:
    """A contestant of one of the classes above."""
    extras = {key: options.pop(key) for key in ("cache_variable", "package", "family") if key in options}
    side = f"tests.bench.toys:{kind}"
    return Contestant(name or kind, kind, side, layers_side=side, options=options, **extras)


def small_recipe() -> Recipe:
    """A recipe whose network takes microseconds."""
    layers = 'network.layers=["Flatten()", "Linear(16, 4)", "ReLU()", "Linear(4, 3)"]'
    shape, size = "network.input_shape=[1, 4, 4]", "train.batch_size=2"
    return override(find_recipe("mlp"), [layers, shape, size])
