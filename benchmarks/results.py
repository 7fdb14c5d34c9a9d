"""Train every recipe to its end, record what came out, and print the table that the README shows.

    .venv/bin/python benchmarks/results.py --run                 all recipes; a quarter of an hour
    .venv/bin/python benchmarks/results.py --run lenet hw5       some of them
    .venv/bin/python benchmarks/results.py --run -- --threads 1  what follows -- goes to `handgrad train`
    .venv/bin/python benchmarks/results.py                       only the table, from the records

A record is the run's own ``result.json`` with facts of its ``run.json``, in ``benchmarks/results/``.
"""

import argparse
import json
import subprocess
import sys
from pathlib import Path

from handgrad.recipes import find_recipe, recipe_names

RECORDS = Path(__file__).parent / "results"
HEADINGS = ("recipe", "parameters", "test accuracy here", "its source claims", "steps", "time")


def record(name: str, extra: list[str]) -> None:
    """Train a recipe in a process of its own and keep its result."""
    command = [sys.executable, "-m", "handgrad", "train", name, "--json", *extra]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
    result = json.loads(output.splitlines()[-1])
    facts = json.loads((Path(result.pop("run")) / "run.json").read_text())
    kept = {key: facts[key] for key in ("handgrad", "python", "numpy", "cpu", "threads", "data", "started")}
    RECORDS.mkdir(exist_ok=True)
    (RECORDS / f"{name}.json").write_text(json.dumps({**result, "run": kept}, indent=2) + "\n")
    print(f"{name}: {result['test_accuracy']:.2%} in {result['seconds']:.0f} s", flush=True)


def table() -> str:
    """The README's table, in Markdown, from the records."""
    lines = [f"| {' | '.join(HEADINGS)} |", f"|{'---|' * len(HEADINGS)}"]
    for name in recipe_names():
        path = RECORDS / f"{name}.json"
        if not path.exists():
            continue
        found, claim = json.loads(path.read_text()), find_recipe(name).expects.claim
        cells = (
            f"`{name}`",
            f"{found['parameters']:,}",
            f"{found['test_accuracy']:.2%}",
            claim,
            f"{found['steps']:,}",
            duration(found["seconds"]),
        )
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def duration(seconds: float) -> str:
    """Minutes and seconds, as people say them."""
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"


def main() -> None:
    """Run what is asked for, then print the table."""
    arguments, extra = sys.argv[1:], []
    if "--" in arguments:
        cut = arguments.index("--")
        arguments, extra = arguments[:cut], arguments[cut + 1 :]
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--run", nargs="*", metavar="RECIPE")
    chosen = options.parse_args(arguments)
    if chosen.run is not None:
        for name in chosen.run or recipe_names():
            record(name, extra)
    print(table())


if __name__ == "__main__":
    main()
