"""Training speed of the reference engine beside PyTorch as a user writes it, on the same cores in one run.

    .venv/bin/python benchmarks/engines.py [--recipe lenet] [--threads 2] [--repeats 7] [--steps 30]

Each side lives in a process of its own and sleeps while the other works; they take turns, so that a machine
whose speed drifts drifts for both. PyTorch (extra ``peers``) must be installed. Prints images a second:
the median of the repeats, the slowest and the fastest, and the ratio of the medians.
"""

import argparse
import statistics
import time
from multiprocessing import get_context
from multiprocessing.connection import Connection

import numpy as np


def handgrad_side(recipe_name: str, threads: int, steps: int, pipe: Connection) -> None:
    """Time the reference engine whenever the pipe asks."""
    from handgrad.recipes import build_network, build_run, find_recipe

    recipe = find_recipe(recipe_name)
    run = build_run(recipe, build_network(recipe), engine="reference", threads=threads)
    run.begin(None)
    x, targets = inputs(recipe_name)
    answer(pipe, lambda: run.train_step(x, targets), steps, len(x))


def torch_side(recipe_name: str, threads: int, steps: int, pipe: Connection) -> None:
    """Time PyTorch, eager, in its default layout, whenever the pipe asks."""
    import torch

    from handgrad.recipes import find_recipe

    torch.set_num_threads(threads)
    recipe = find_recipe(recipe_name)
    network = torch.nn.Sequential(*(torch_layer(text) for text in recipe.network.layers))
    momentum = recipe.optimizer.get("momentum", 0.0)
    decay = recipe.optimizer.get("weight_decay", 0.0)
    optimizer = (
        torch.optim.Adam(network.parameters(), lr=recipe.optimizer["lr"], weight_decay=decay)
        if recipe.optimizer["type"] == "Adam"
        else torch.optim.SGD(network.parameters(), recipe.optimizer["lr"], momentum, weight_decay=decay)
    )
    x, targets = (torch.from_numpy(array) for array in inputs(recipe_name))

    def step() -> None:
        optimizer.zero_grad()
        torch.nn.functional.cross_entropy(network(x), targets).backward()
        optimizer.step()

    answer(pipe, step, steps, len(x))


def torch_layer(text: str) -> object:
    """PyTorch's layer of the same name and arguments; initialisers make no difference to the speed."""
    import torch

    from handgrad.nn import layers_from_text

    (layer,) = layers_from_text([text])
    layer.__dict__.update(weight_init=None, bias_init=None)
    return eval(f"nn.{layer!r}", {"nn": torch.nn})


def inputs(recipe_name: str) -> tuple[np.ndarray, np.ndarray]:
    """One batch of noise: the speed does not depend on what the images show."""
    from handgrad.recipes import find_recipe

    recipe = find_recipe(recipe_name)
    rng = np.random.default_rng(0)
    size = recipe.train.batch_size
    return rng.random((size, *recipe.network.input_shape), np.float32), rng.integers(0, 10, size)


def answer(pipe: Connection, step: object, steps: int, images: int) -> None:
    """Warm up, then time ``steps`` steps for every message that comes."""
    for _ in range(10):
        step()
    pipe.send("ready")
    while pipe.recv():
        start = time.perf_counter()
        for _ in range(steps):
            step()
        pipe.send(steps * images / (time.perf_counter() - start))


def main() -> None:
    """Run both sides in turn and print the comparison."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--recipe", default="lenet")
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--repeats", type=int, default=7)
    options.add_argument("--steps", type=int, default=30)
    chosen = options.parse_args()
    context = get_context("spawn")
    pipes, speeds = {}, {"handgrad reference": [], "PyTorch default": []}
    for name, side in zip(speeds, (handgrad_side, torch_side), strict=True):
        pipes[name], far = context.Pipe()
        arguments = (chosen.recipe, chosen.threads, chosen.steps, far)
        context.Process(target=side, args=arguments, daemon=True).start()
        far.close()  # so that a side that dies ends the run with an error instead of a wait
        pipes[name].recv()  # one starts after the other, so that neither warms up beside its rival
    for _ in range(chosen.repeats):
        for name, pipe in pipes.items():
            pipe.send(True)
            speeds[name].append(pipe.recv())
    for pipe in pipes.values():
        pipe.send(False)
    print(f"{chosen.recipe}: training, {chosen.threads} threads, {chosen.repeats} x {chosen.steps} steps")
    for name, found in speeds.items():
        print(
            f"{name:20} {statistics.median(found):8,.0f} images/s  ({min(found):,.0f} to {max(found):,.0f})"
        )
    ours, theirs = (statistics.median(found) for found in speeds.values())
    print(f"ratio                {ours / theirs:8.2f}")


if __name__ == "__main__":
    main()
