"""Peak memory of training LeNet on as many images as MNIST has, with each engine and with PyTorch.

    .venv/bin/python benchmarks/memory.py                         about 2 minutes
    .venv/bin/python benchmarks/memory.py --steps 20 --train-images 5000
    .venv/bin/python benchmarks/memory.py --out memory.json

The images are noise of MNIST's size: what is measured does not depend on what they show. 200 steps in batches
of 64, then an evaluation of all 70,000 images, each side in a process of its own. The images are bytes for
everyone and become floats batch by batch. The compiled engine is measured twice: when it finds its kernels
compiled, and when it must compile them first.
"""

# The processes import this file again: what only one of them needs is imported where it is used, so that
# nobody carries the memory of another's libraries.

import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs from any folder

TRAIN_IMAGES, BATCH = 60_000, 64
AT_ONCE = 250  # in PyTorch's evaluation, as the reference engine has it: 1,000 would cost it 120 MB more
COMPILED, COMPILING, REFERENCE, TORCH = "compiled", "compiled, first run", "reference", "PyTorch"


def noise(count: int, seed: int) -> tuple[Any, Any]:
    """Images (n, 28, 28) of random bytes, and random labels (n,)."""
    import numpy as np

    rng = np.random.default_rng(seed)
    return rng.integers(0, 256, (count, 28, 28), np.uint8), rng.integers(0, 10, count)


def train_with_handgrad(engine: str, train_images: int, test_images: int, steps: int, threads: int) -> int:
    """The most memory that one of handgrad's engines needs, in bytes."""
    import handgrad as hg
    from handgrad.bench.machine import peak_memory
    from handgrad.recipes import build_network, build_run, find_recipe

    train, test = hg.Dataset(*noise(train_images, 0)), hg.Dataset(*noise(test_images, 1))
    recipe = find_recipe("lenet")
    run = build_run(recipe, build_network(recipe), engine=engine, threads=threads)
    for _ in hg.fit(run, train, watch={"test": test, "train": train}, steps=steps, batch_size=BATCH):
        pass
    return peak_memory()


def train_with_pytorch(train_images: int, test_images: int, steps: int, threads: int) -> int:
    """The most memory that PyTorch needs, written as one writes it without further thought, in bytes."""
    import torch
    from torch import nn
    from torch.nn import functional

    torch.set_num_threads(threads)
    torch.manual_seed(0)
    as_tensor: Any = torch.from_numpy
    x, targets = map(as_tensor, noise(train_images, 0))
    test_x, _ = map(as_tensor, noise(test_images, 1))
    model = nn.Sequential(
        nn.Conv2d(1, 20, 5),
        nn.MaxPool2d(2),
        nn.Conv2d(20, 50, 5),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(800, 500),
        nn.ReLU(),
        nn.Linear(500, 10),
    )
    optimizer = torch.optim.SGD(model.parameters(), lr=0.01, momentum=0.9, weight_decay=0.0005)

    def floats(part: Any) -> Any:
        return part.unsqueeze(1).float() / 255  # (N, H, W) -> (N, 1, H, W)

    made = 0
    while made < steps:
        order: Any = torch.randperm(len(x))
        for indices in order.split(BATCH)[: steps - made]:
            optimizer.zero_grad()
            loss: Any = functional.cross_entropy(model(floats(x[indices])), targets[indices])
            loss.backward()
            optimizer.step()
            made += 1
    model.eval()
    with torch.inference_mode():
        everything = (*test_x.split(AT_ONCE), *x.split(AT_ONCE))
        for part in everything:
            model(floats(part)).argmax(1)
    del x, test_x, everything, part
    from handgrad.bench.machine import peak_memory  # fits into what has just been let go: the peak stays

    return peak_memory()


def measure(train_images: int, test_images: int, steps: int, threads: int) -> dict[str, int]:
    """Each side's peak in bytes; PyTorch's only where it is installed."""
    from importlib.util import find_spec
    from tempfile import TemporaryDirectory

    from handgrad.bench.machine import environment, thread_variables
    from handgrad.cli.output import warn

    found: dict[str, int] = {}
    how = (train_images, test_images, steps, threads)
    with (
        TemporaryDirectory(prefix="handgrad-memory-") as kernels,
        environment({**thread_variables(threads), "HANDGRAD_KERNELS": kernels}),
    ):
        for name, engine in ((COMPILING, "compiled"), (COMPILED, "compiled"), (REFERENCE, "reference")):
            warn(f"{name} at work")
            found[name] = in_a_process(train_with_handgrad, engine, *how)
        if find_spec("torch"):
            warn(f"{TORCH} at work")
            found[TORCH] = in_a_process(train_with_pytorch, *how)
        else:
            warn("PyTorch is not installed, and so not measured; pip install 'handgrad[peers]'")
    return found


def in_a_process(function: Callable[..., int], *arguments: Any) -> int:
    """What a function gives in a new process."""
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(function, *arguments).result()


def verdict(found: Mapping[str, int]) -> str:
    """Whether handgrad's default engine needs less than PyTorch.

    Example:
        >>> print(verdict({"compiled": 50, "PyTorch": 200}))
        compiled needs 25% of PyTorch's memory: below it
    """
    if TORCH not in found:
        return "no PyTorch to compare it with"
    share = found[COMPILED] / found[TORCH]
    return f"{COMPILED} needs {share:.0%} of {TORCH}'s memory: {'below it' if share < 1 else 'not below it'}"


def main() -> None:
    """Do what the command line says."""
    from benchmarks.parts.command import (
        check_place,
        command,
        counting,
        deliver,
        errors_in_a_sentence,
        threads_of,
    )
    from handgrad.bench import look_at_machine
    from handgrad.cli.output import say, table

    parser = command(__doc__)
    parser.add_argument("--steps", type=counting, default=200, metavar="N", help="of the training; 200")
    parser.add_argument("--train-images", type=counting, default=TRAIN_IMAGES, metavar="N", help="60,000")
    asked = parser.parse_args()
    with errors_in_a_sentence():
        check_place(asked)
        threads = threads_of(asked)
        machine = look_at_machine(threads, None)
        say(f"{machine}\n")
        test_images = -(-asked.train_images // 6)  # of MNIST's 60,000 a sixth
        found = measure(asked.train_images, test_images, asked.steps, threads)
        rows = [[name, f"{size / 1e6:,.0f}"] for name, size in found.items()]
        table("", ["peak memory", "MB"], rows, right=1)
        say(f"\n{verdict(found)}")
        facts = {"train_images": asked.train_images, "test_images": test_images, "steps": asked.steps}
        deliver({"machine": machine.to_dict(), **facts, "peak_memory": found}, asked)


if __name__ == "__main__":
    main()
