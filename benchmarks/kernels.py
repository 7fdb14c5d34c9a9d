"""Time every kernel of a recipe's training step alone, beside the whole step and the machine's peak.

    python benchmarks/kernels.py                              LeNet on one thread
    python benchmarks/kernels.py --recipe hw5 --threads 2
    python benchmarks/kernels.py --least 0                    all rows; else those below 1% are one row
    python benchmarks/kernels.py --json                       all rows, and medians, as one JSON object
    python benchmarks/kernels.py --into docs/engine.md        the table goes where the page has this recipe's

The step is the engine's own, on noise as bytes, with the learning rate of all benchmarks. Each of its
kernels is run alone, as a program of its own, on the step's own memory. It finds its data in the caches, for
it has just run: these are the shortest times that it can have, and the last line shows what they come to in
a step. Some kernels change their own input, so that running one 20 times is another computation: an update
moves its weights 20 times, a gradient written in the place of another goes through its layer 20 times. Every
round of runs begins with whole steps, which put that right; and no kernel's time depends on the numbers, so
long as none is subnormal.

GFLOP/s count what the layer's formula asks for, of the images that there are: not the lanes behind the last
image; and, where there is padding, the products with its zeros too, which the kernels leave out.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any
from unittest.mock import patch

import numpy as np

import handgrad as hg
from handgrad.bench.costs import training_flop
from handgrad.bench.machine import look_at_machine
from handgrad.bench.side import TOTAL_STEPS, noise_classes, timed_recipe
from handgrad.bench.statistics import Spread
from handgrad.engine.compiled.native.library import library
from handgrad.engine.compiled.native.machine import host
from handgrad.engine.compiled.native.program import Entry, Program
from handgrad.engine.compiled.peak import measured_peak
from handgrad.engine.compiled.plan import plans
from handgrad.engine.compiled.plan.builder import Builder
from handgrad.engine.compiled.plan.convolution import ConvolutionNode
from handgrad.engine.compiled.plan.linear import LinearNode
from handgrad.engine.compiled.plan.network import nodes_of
from handgrad.engine.compiled.plan.node import Node
from handgrad.errors import ArgumentError, HandgradError
from handgrad.recipes import Recipe, build_network, build_run, find_recipe
from handgrad.recipes.build import normalisation

HEADINGS = ("pass", "layer", "kernel", "tasks", "µs", "median", "of step", "GFLOP/s", "of peak")
MULTIPLYING = ("convolution_forward", "convolution_dx", "convolution_dw", "linear_product", "linear_dw")
ENDING = {"collect", "sum_of_squares", "update", "average"}
ROUNDS, RUNS, STEPS = 10, 20, 5  # in each round so many runs of each kernel, and so many whole steps


@dataclass(frozen=True)
class Kernel:
    """One kernel of a step.

    Arguments:
        way: forward, backward or update.
        layer: that it works for, or "input" or "loss"; empty: not known yet.
        name: of the kernel.
        tasks: that its work is cut into.
        flop: operations of one run; 0: it does not multiply and add.
    """

    way: str
    layer: str
    name: str
    tasks: int
    flop: int


@contextmanager
def watching() -> Iterator[list[tuple[Entry, Kernel]]]:
    """While it lasts, every kernel that is appended to a plan is written down, with what it is for."""
    found: list[tuple[Entry, Kernel]] = []
    now: list[tuple[str, Node]] = []  # the node whose turn it is
    add = Builder.add

    def noting(build: Builder, factory: Any, *arguments: Any, **options: Any) -> Entry:
        entry, name = add(build, factory, *arguments, **options), factory.__name__
        if now:
            way, node = now[-1]
            flop = 2 * multiply_adds(node) * build.images if name in MULTIPLYING else 0
            found.append((entry, Kernel(way, title(node), name, entry.tasks, flop)))
        else:  # before the first layer, or behind the last
            way = "update" if name in ENDING else "forward"
            layer = "input" if not found else "loss" if way == "forward" else ""
            found.append((entry, Kernel(way, layer, name, entry.tasks, 0)))
        return entry

    def turn(node: Node, way: str) -> Callable[..., Any]:
        method = getattr(node, way)

        def run(*arguments: Any, **options: Any) -> Any:
            now.append((way, node))
            try:
                return method(*arguments, **options)
            finally:
                now.pop()

        return run

    def watched_nodes(*arguments: Any) -> list[Node]:
        nodes = nodes_of(*arguments)
        for node in nodes:
            vars(node).update({way: turn(node, way) for way in ("forward", "backward")})
        return nodes

    with patch.object(Builder, "add", noting), patch.object(plans, "nodes_of", watched_nodes):
        yield found


def title(node: Any) -> str:
    """What a node runs, in the words of the network."""
    if isinstance(node, ConvolutionNode):
        behind = (node.shape.relu and "ReLU", node.shape.pooling and f"{node.shape.pooling.kind}-pool")
        return ", ".join([f"{node.name} {node.layer!r}", *(word for word in behind if word)])
    if isinstance(node, LinearNode):
        return f"{node.name} {node.layer!r}{', ReLU' if node.relu else ''}"
    return str(getattr(node, "kind", type(node).__name__.removesuffix("Node")))


def multiply_adds(node: Node) -> int:
    """Of one image, in one direction."""
    if isinstance(node, ConvolutionNode):
        return node.shape.O * node.shape.weights * node.shape.pixels
    return node.layer.weight.value.size * node.repeats if isinstance(node, LinearNode) else 0


def watched_step(recipe: Recipe, threads: int) -> tuple[Callable[[], object], list[tuple[Entry, Kernel]]]:
    """A training step on noise, made once already, and its kernels in order."""
    network, images = build_network(recipe), recipe.train.batch_size
    run = build_run(recipe, network, engine="compiled", threads=threads)
    run.begin(TOTAL_STEPS)
    shape = (images, *recipe.network.input_shape)
    pixels = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    data = hg.Dataset(pixels, noise_classes(recipe, network), normalisation=normalisation(recipe))
    indices = np.arange(images)
    with watching() as found:
        run.train_on(data, indices)
    whose = {item.value.ctypes.data: name for name, item in network.parameters().items()}
    for entry, _ in found:
        if entry.name == "update":  # its gradient has the weight's name
            whose[entry.arguments[1]] = whose[entry.arguments[0]]
    named = []
    for entry, kernel in found:
        layer = kernel.layer or next((whose[place] for place in entry.arguments if place in whose), "")
        named.append((entry, replace(kernel, layer=layer)))
    return lambda: run.train_on(data, indices), named


def measure(recipe: Recipe, threads: int) -> dict[str, Any]:
    """Everything that the table shows, as JSON has it."""
    step, found = watched_step(recipe, threads)
    kernels = library(host())
    programs = [Program(kernels, [entry]) for entry, _ in found]
    nothing = Program(kernels, [])
    peaks = [measured_peak(threads)]
    steps: list[float] = []
    starts: list[float] = []
    times: list[list[float]] = [[] for _ in programs]
    for _ in range(ROUNDS):
        steps += timed(step, STEPS)
        starts += timed(partial(nothing.run, threads), RUNS)
        for program, own in zip(programs, times, strict=True):
            own += timed(partial(program.run, threads), RUNS)
    peaks.append(measured_peak(threads))
    flop = training_flop(build_network(recipe), tuple(recipe.network.input_shape)) * recipe.train.batch_size
    return {
        "recipe": recipe.name,
        "images": recipe.train.batch_size,
        "threads": threads,
        "lanes": host().lanes,
        "machine": look_at_machine(threads, max(peaks)).to_dict(),
        "kernels": [
            asdict(kernel) | {"seconds": Spread.of(own).to_dict()}
            for (_, kernel), own in zip(found, times, strict=True)
        ],
        "start_of_a_program": Spread.of(starts).to_dict(),
        "step": {"seconds": Spread.of(steps).to_dict(), "flop": flop},
    }


def timed(call: Callable[[], object], runs: int) -> list[float]:
    """The seconds of each of some runs, after one that does not count."""
    call()
    found = []
    for _ in range(runs):
        started = time.perf_counter()
        call()
        found.append(time.perf_counter() - started)
    return found


def table(found: dict[str, Any], least: float) -> str:
    """In Markdown, as docs/engine.md shows it.

    Arguments:
        found: by `measure`.
        least: per cent of the step; kernels that take less are one row.
    """
    peak, step = found["machine"]["peak_gflops"], found["step"]
    whole = step["seconds"]["low"]

    def line(cells: tuple[str, ...], seconds: dict[str, float], flop: float) -> str:
        speed = flop / seconds["low"] / 1e9
        measured = [f"{seconds[word] * 1e6:,.0f}" for word in ("low", "median")]
        speeds = [f"{speed:,.0f}", f"{speed / peak:.0%}"] if flop else ["", ""]
        share = f"{seconds['low'] / whole:.1%}"
        return f"| {' | '.join([*cells, *measured, share, *speeds])} |"

    rows = found["kernels"]
    small = [row for row in rows if row["seconds"]["low"] < least / 100 * whole]
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * 3}{'---:|' * (len(HEADINGS) - 3)}"]
    for row in rows:
        if row not in small:
            cells = (row["way"], row["layer"], f"`{row['name']}`", str(row["tasks"]))
            lines.append(line(cells, row["seconds"], row["flop"]))
    if small:
        lines.append(line(("", f"{len(small)} kernels below {least:g}%", "", ""), added(small), 0))
    lines.append(line(("", "**all kernels**", "", ""), added(rows), step["flop"]))
    lines.append(line(("", "**the step itself**", "", ""), step["seconds"], step["flop"]))
    start = found["start_of_a_program"]["low"] * 1e6
    threads = "one thread" if found["threads"] == 1 else f"{found['threads']} threads"
    return "\n".join(
        [
            f"{found['recipe']}, {found['images']} images a step, {threads}, vectors of {found['lanes']}; "
            f"measured peak {peak:,.0f} GFLOP/s ({found['machine']['cpu']}).",
            f"µs: of the quickest run; of each of the {len(rows)} times, {start:.1f} start the program.",
            "",
            *lines,
        ]
    )


def added(rows: list[dict[str, Any]]) -> dict[str, float]:
    """The time of several kernels together."""
    return {word: sum(row["seconds"][word] for row in rows) for word in ("low", "median")}


def put(text: str, recipe: str, page: Path) -> None:
    """Put a text between a page's marks for a recipe, ``<!-- lenet -->`` and ``<!-- /lenet -->``."""
    marks = f"<!-- {recipe} -->", f"<!-- /{recipe} -->"
    before, first, rest = page.read_text(encoding="utf-8").partition(marks[0])
    _, last, behind = rest.partition(marks[1])
    if not last:
        raise ArgumentError(str(page), expected=f"the marks {' and '.join(marks)}", got="none")
    page.write_text(f"{before}{first}\n{text}\n{last}{behind}", encoding="utf-8")


def options() -> argparse.ArgumentParser:
    """Of the command line."""
    known = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    known.add_argument("--recipe", default="lenet")
    known.add_argument("--threads", type=int, default=1)
    known.add_argument("--least", type=float, default=1.0, metavar="PERCENT")
    output = known.add_mutually_exclusive_group()
    output.add_argument("--json", action="store_true")
    output.add_argument("--into", type=Path, metavar="PAGE")
    return known


def main() -> None:
    """Measure, and print."""
    chosen = options().parse_args()
    try:
        found = measure(timed_recipe(find_recipe(chosen.recipe)), chosen.threads)
        if chosen.into:
            put(table(found, chosen.least), found["recipe"], chosen.into)
    except HandgradError as error:
        sys.exit(f"kernels: {error}")
    print(json.dumps(found) if chosen.json else table(found, chosen.least))


if __name__ == "__main__":
    main()
