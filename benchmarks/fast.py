"""The race to 99%: handgrad's recipe `fast` beside PyTorch with the network and settings to beat.

    .venv/bin/python benchmarks/fast.py                    10 seeds; some minutes
    .venv/bin/python benchmarks/fast.py --seeds 1 --train-images 5000
    .venv/bin/python benchmarks/fast.py --out fast.json

Timed, for each seed: building the model, the whole training on all 60,000 images, and predicting the whole
test set, with the data already in memory. Kernels are compiled and both sides warmed up beforehand; how long
handgrad takes without any compiled kernel is shown too. The sides take turns, seed by seed, each in a process
of its own that sleeps while another works. The test images are used for nothing but this report.
"""

import argparse
import sys
import time
from contextlib import ExitStack
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs from any folder

from benchmarks.parts.command import (
    add_data_options,
    check_place,
    command,
    counting,
    data_facts,
    deliver,
    errors_in_a_sentence,
    load_all,
    threads_of,
)
from benchmarks.parts.fast_scores import Outcome, Scores, headings, judge, rows
from benchmarks.parts.fast_sides import Handgrad, Mark
from benchmarks.parts.numbers import percent
from benchmarks.parts.process import OwnProcess
from handgrad.bench import look_at_machine
from handgrad.bench.machine import thread_variables
from handgrad.cli.output import say, table, warn
from handgrad.data import Splits
from handgrad.recipes import Recipe, find_recipe

REST = 0.3  # seconds before each turn: the threads of the side before look out for work for a while
OURS = "handgrad"


@dataclass(frozen=True)
class Race:
    """Who runs what, how often.

    Arguments:
        recipe: ours.
        data: everybody's.
        threads: of each side.
        seeds: 0 to seeds - 1.
    """

    recipe: Recipe
    data: Splits
    threads: int
    seeds: int

    def run(self) -> tuple[list[Scores], Outcome]:
        """All sides' scores, ours first, and our first training without any compiled kernel."""
        with ExitStack() as stack:
            kernels = stack.enter_context(TemporaryDirectory(prefix="handgrad-fast-"))
            warn("handgrad, without kernels")
            with self._ours(kernels, warm=False) as process:
                cold: Outcome = process.ask(0)
            sides = {OURS: stack.enter_context(self._ours(kernels, warm=True))}
            for title, channels_last in self._rivals().items():
                arguments = (self.data, self.threads, channels_last)
                process = OwnProcess(title, Mark, arguments, thread_variables(self.threads))
                sides[title] = stack.enter_context(process)
            return self._turns(sides), cold

    def _ours(self, kernels: str, *, warm: bool) -> OwnProcess:
        variables = {**thread_variables(self.threads), "HANDGRAD_KERNELS": kernels}
        return OwnProcess(OURS, Handgrad, (self.recipe, self.data, self.threads, warm), variables)

    def _rivals(self) -> dict[str, bool]:
        if find_spec("torch") is None:
            warn("PyTorch is not installed, and so not timed; pip install 'handgrad[peers]'")
            return {}
        return {"PyTorch default": False, "PyTorch channels-last": True}

    def _turns(self, sides: dict[str, OwnProcess]) -> list[Scores]:
        names = list(sides)
        found: dict[str, list[Outcome]] = {name: [] for name in names}
        for seed in range(self.seeds):
            shift = seed % len(names)
            for name in names[shift:] + names[:shift]:  # nobody begins every round
                time.sleep(REST)
                outcome = sides[name].ask(seed)
                found[name].append(outcome)
                warn(f"seed {seed}: {name}: {percent(outcome.accuracy)} in {outcome.seconds:.2f} s")
        return [Scores(name, name == OURS, tuple(found[name])) for name in names]


def results(race: Race, asked: argparse.Namespace) -> dict[str, Any]:
    """Race, print the table, and say it all once more for JSON."""
    machine = look_at_machine(race.threads, None)
    say(str(machine))
    sides, cold = race.run()
    verdict = judge(sides)
    columns = headings(sides)
    say("")
    table("", columns, rows(sides), right=len(columns) - 1)
    say(f"\n{verdict}")
    say(f"{OURS} without any compiled kernel, in a new process: {cold.seconds:.2f} s")
    return {
        "machine": machine.to_dict(),
        "recipe": race.recipe.to_dict(),
        "data": data_facts(race.data, asked),
        "sides": [side.to_dict() for side in sides],
        "cold_seconds": cold.seconds,
        "verdict": verdict.to_dict(),
    }


def main() -> None:
    """Do what the command line says."""
    parser = command(__doc__)
    add_data_options(parser)
    parser.add_argument("--recipe", default="fast", help="a name, or a TOML file; fast if not given")
    parser.add_argument("--seeds", type=counting, default=10, metavar="N", help="trainings of each side; 10")
    asked = parser.parse_args()
    with errors_in_a_sentence():
        check_place(asked)
        recipe = find_recipe(asked.recipe)
        race = Race(recipe, load_all(recipe, asked), threads_of(asked), asked.seeds)
        deliver(results(race, asked), asked)


if __name__ == "__main__":
    main()
