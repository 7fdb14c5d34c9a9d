"""The measurements in docs/engine.md: its tables are of the kernels of a step, its text of its tables."""

import re
from pathlib import Path
from typing import Any

import pytest

import handgrad as hg
from benchmarks import kernels
from handgrad.engine.compiled.native.machine import host
from handgrad.engine.compiled.native.program import Program
from handgrad.engine.compiled.plan import plans
from handgrad.recipes import find_recipe
from tests.docs.engine_page import PAGE, prose, rows


def measured(recipe: str) -> tuple[str, list[list[str]]]:
    """What stands above the table of a recipe, and its cells."""
    block = PAGE.partition(f"<!-- {recipe} -->")[2].partition(f"<!-- /{recipe} -->")[0]
    assert f"| {' | '.join(kernels.HEADINGS)} |" in block, f"no table of {recipe}"
    return " ".join(block.partition("|")[0].split()), rows(block, f"| {kernels.HEADINGS[0]}")


@pytest.mark.parametrize("recipe", ["lenet", "hw5"])
def test_the_tables_are_of_the_kernels_that_a_step_has(recipe: str) -> None:
    above, table = measured(recipe)
    count = int(re.search(r"of each of the (\d+) times", above)[1])
    assert above.startswith(f"{recipe}, {find_recipe(recipe).train.batch_size} images a step, one thread")
    shown = [tuple(cell.strip("`") for cell in cells[:4]) for cells in table if cells[0]]
    lanes = int(re.search(r"vectors of (\d+)", above)[1])
    if host().lanes != lanes:
        pytest.skip(f"the page's tables are of vectors of {lanes}")
    _, found = kernels.watched_step(kernels.timed_recipe(find_recipe(recipe)), 1)
    known = [(kernel.way, kernel.layer, kernel.name, str(kernel.tasks)) for _, kernel in found]
    assert len(known) == count
    assert set(shown) <= set(known)
    together = [int(cells[1].split()[0]) for cells in table if "kernels below" in cells[1]]
    assert len(shown) + sum(together) == count


def test_a_table_is_made_of_the_quickest_runs() -> None:
    def took(low: float) -> dict[str, float]:
        return {"low": low, "median": 2 * low, "high": 3 * low}

    large = {"way": "forward", "layer": "0 Linear(2, 2)", "name": "linear_product", "tasks": 3}
    small = {
        "way": "update",
        "layer": "0.bias",
        "name": "update",
        "tasks": 1,
        "flop": 0,
        "seconds": took(1e-6),
    }
    found = {
        "recipe": "made up",
        "images": 7,
        "threads": 2,
        "lanes": 8,
        "machine": {"peak_gflops": 10.0, "cpu": "a CPU"},
        "kernels": [{**large, "flop": 4_000_000, "seconds": took(5e-4)}, small, small],
        "start_of_a_program": took(2e-6),
        "step": {"seconds": took(1e-3), "flop": 5_000_000},
    }
    above, table = kernels.table(found, 1.0).split("\n\n")
    assert above.startswith(
        "made up, 7 images a step, 2 threads, vectors of 8; measured peak 10 GFLOP/s (a CPU)."
    )
    assert above.endswith("of each of the 3 times, 2.0 start the program.")
    assert table.splitlines()[2:] == [
        "| forward | 0 Linear(2, 2) | `linear_product` | 3 | 500 | 1,000 | 50.0% | 8 | 80% |",
        "|  | 2 kernels below 1% |  |  | 2 | 4 | 0.2% |  |  |",
        "|  | **all kernels** |  |  | 502 | 1,004 | 50.2% | 10 | 100% |",
        "|  | **the step itself** |  |  | 1,000 | 2,000 | 100.0% | 5 | 50% |",
    ]
    assert "| update | 0.bias | `update` | 1 | 1 | 2 | 0.1% |  |  |" in kernels.table(found, 0.0)


def test_a_table_is_put_where_a_page_wants_it(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("before\n<!-- hw5 -->\nold\n<!-- /hw5 -->\nbehind <!-- lenet -->\n", encoding="utf-8")
    kernels.put("new\nrow", "hw5", page)
    expected = "before\n<!-- hw5 -->\nnew\nrow\n<!-- /hw5 -->\nbehind <!-- lenet -->\n"
    assert page.read_text(encoding="utf-8") == expected
    with pytest.raises(hg.errors.ArgumentError, match="the marks <!-- lenet --> and <!-- /lenet -->"):
        kernels.put("new", "lenet", page)
    assert page.read_text(encoding="utf-8") == expected


def test_measurements_in_the_text_stand_in_the_tables() -> None:
    tables = [cells for recipe in ("lenet", "hw5") for cells in measured(recipe)[1]]
    starts = {re.search(r"times, ([\d.]+) start", measured(recipe)[0])[1] for recipe in ("lenet", "hw5")}
    times = {cells[4] for cells in tables} | starts
    named = re.findall(r"([\d,.]*\d) µs", prose(PAGE).partition("## How near")[0])
    assert len(named) >= 5
    assert set(named) <= times
    shares = re.findall(r"((?:\d+%(?:, | and )?)+) of the peak", prose(PAGE).partition("## How near")[0])
    assert len(shares) >= 4
    of_peak = {cells[8] for cells in tables}
    assert {share for text in shares for share in re.findall(r"\d+%", text)} <= of_peak


def test_a_step_of_lenet_is_two_programs(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Program] = []
    original = plans.TrainingPlan.__init__

    def noting(plan: Any, *arguments: Any) -> None:
        original(plan, *arguments)
        made.extend(plan.build.programs)

    monkeypatch.setattr(plans.TrainingPlan, "__init__", noting)
    kernels.watched_step(find_recipe("lenet"), 1)
    whole, updates = made
    assert f"LeNet's training step has two: {len(whole.entries)} entries" in prose(PAGE)
    assert f"{len(updates.entries)} updates" in prose(PAGE)
    assert {entry.name for entry in updates.entries} == {"update"}
