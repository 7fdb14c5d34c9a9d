"""How much faster several threads make a training step of the compiled engine than one does.

    .venv/bin/python benchmarks/threads.py                        LeNet, all cores; a quarter of a minute
    .venv/bin/python benchmarks/threads.py --recipe hw5 --threads 4
    .venv/bin/python benchmarks/threads.py --out threads.json

Both take turns in one process, round after round, and the ratio is taken within each round, so that a machine
that slows down does so for both. The helping threads sleep while one thread works alone.
"""

import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))  # so that it runs from any folder

from benchmarks.parts.command import (
    check_place,
    command,
    counting,
    deliver,
    errors_in_a_sentence,
    threads_of,
)
from benchmarks.parts.numbers import cut
from handgrad.bench import look_at_machine
from handgrad.bench.engines import EngineSide
from handgrad.bench.side import TRAINING
from handgrad.bench.statistics import Spread, speed_ratio
from handgrad.bench.worker import time_call
from handgrad.cli.output import say, table
from handgrad.errors import ArgumentError
from handgrad.recipes import Recipe, find_recipe

SECONDS = 0.5  # of each turn
WANTED = 1.8  # times one thread, of two


def measure(recipe: Recipe, threads: int, rounds: int) -> dict[str, Any]:
    """The seconds of a training step on one thread and on several, in each round, and their ratio.

    Arguments:
        recipe: what is trained.
        threads: how many there are beside one alone.
        rounds: in which each has a turn.
    """
    calls = {count: EngineSide(recipe, count, engine="compiled").call(TRAINING) for count in (1, threads)}
    for call in calls.values():
        call()  # compiles what is not there
    seconds: dict[int, list[float]] = {count: [] for count in calls}
    for _ in range(rounds):
        for count, call in calls.items():
            seconds[count].append(time_call(call, SECONDS))
    return {
        "recipe": recipe.name,
        "images": recipe.train.batch_size,
        "seconds": {str(count): own for count, own in seconds.items()},
        "ratio": speed_ratio(seconds[threads], seconds[1]).to_dict(),
    }


def verdict(found: dict[str, Any], threads: int) -> str:
    """The ratio, not rounded up, and of two threads whether it is what was aimed at.

    Example:
        >>> print(verdict({"ratio": {"median": 1.799, "low": 1.7, "high": 1.8}}, 2))
        2 threads are 1.79 times as fast as one (1.70 to 1.80): below 1.8
    """
    ratio = Spread(**found["ratio"])
    text = f"{threads} threads are {cut(ratio.median, 2):.2f} times as fast as one"
    text = f"{text} ({ratio.low:.2f} to {ratio.high:.2f})"
    if threads != 2:
        return text
    return f"{text}: {'at least' if ratio.median >= WANTED else 'below'} {WANTED}"


def main() -> None:
    """Do what the command line says."""
    parser = command(__doc__)
    parser.add_argument("--recipe", default="lenet", help="lenet")
    parser.add_argument("--rounds", type=counting, default=15, metavar="N", help="15")
    asked = parser.parse_args()
    with errors_in_a_sentence():
        check_place(asked)
        threads = threads_of(asked)
        if threads < 2:
            raise ArgumentError("--threads", expected="2 or more, beside one alone", got=str(threads))
        machine = look_at_machine(threads, None)
        say(f"{machine}\n")
        found = measure(find_recipe(asked.recipe), threads, asked.rounds)
        rows = []
        for count, own in found["seconds"].items():
            speed = Spread.of([found["images"] / second for second in own])
            rows.append([count, f"{speed.median:,.0f}", f"{speed.low:,.0f} to {speed.high:,.0f}"])
        table(asked.recipe, ["threads", "images/s", "slowest to fastest"], rows, right=2)
        say(f"\n{verdict(found, threads)}")
        deliver({"machine": machine.to_dict(), **found}, asked)


if __name__ == "__main__":
    main()
