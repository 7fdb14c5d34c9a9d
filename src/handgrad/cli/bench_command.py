"""``handgrad bench``."""

import json as json_format
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, TypeAlias

from cyclopts import App, Group, Parameter

from handgrad.bench import (
    ENGINES,
    MEASURES,
    RIVALS,
    Results,
    Settings,
    benchmark,
    choose,
    look_at_machine,
    peak,
    read_results,
    speed_panels,
)
from handgrad.cli.bench_tables import explain, show
from handgrad.cli.options import OUTPUT, RECIPE, RUN, Json, Quiet, Threads
from handgrad.cli.options import Settings as RecipeSettings
from handgrad.cli.output import last_line, say, warn
from handgrad.engine import choose_threads
from handgrad.errors import ArgumentError
from handgrad.files import write_atomically
from handgrad.recipes import find_recipe, override, recipe_names
from handgrad.report import check_ending, save_figure, speed_figure

EXAMPLES = """Examples:

  handgrad bench lenet
  handgrad bench lenet hw5 --against torch,torch-channels-last --train-only
  handgrad bench --out speed.json --plot speed.svg
  handgrad bench --layers lenet
  handgrad bench --show speed.json --plot speed.png

Each contestant has a process of its own, which sleeps while another works;
they take turns, round after round. Without a recipe all are timed, which
takes half an hour. Close what else is running, and look at the spread.
"""

USAGE = "Usage: handgrad bench [RECIPE...] [OPTIONS]"
CONTESTANTS = Group("Contestants", sort_key=2)
Names: TypeAlias = list[str] | None
Flag: TypeAlias = Annotated[bool, Parameter(negative=(), show_default=False, group=RUN)]

app = App(name="bench", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(
    recipes: Annotated[Names, Parameter(group=RECIPE, negative=())] = None,
    /,
    *,
    settings: RecipeSettings = None,
    layers: Annotated[bool, Parameter(negative=(), show_default=False, group=RECIPE)] = False,
    engines: Annotated[
        Names,
        Parameter(
            group=CONTESTANTS,
            negative=(),
            metavar="NAMES",
            help=f"handgrad's own, with commas between, of {', '.join(ENGINES)}; or none",
        ),
    ] = None,
    against: Annotated[
        Names,
        Parameter(group=CONTESTANTS, negative=(), metavar="NAMES", help=f"of {', '.join(RIVALS)}; or none"),
    ] = None,
    threads: Threads = None,
    repeats: Annotated[int, Parameter(group=RUN)] = Settings.repeats,
    seconds: Annotated[float, Parameter(group=RUN)] = Settings.seconds,
    timeout: Annotated[float, Parameter(group=RUN)] = Settings.timeout,
    train_only: Flag = False,
    infer_only: Flag = False,
    show_file: Annotated[Path | None, Parameter(name="--show", group=OUTPUT, metavar="FILE")] = None,
    out: Annotated[Path | None, Parameter(group=OUTPUT, metavar="FILE")] = None,
    plot: Annotated[Path | None, Parameter(group=OUTPUT, metavar="FILE")] = None,
    quiet: Quiet = False,
    json: Json = False,
) -> None:
    """Speed beside PyTorch, on this machine.

    Parameters
    ----------
    recipes
        names from "handgrad recipes", or TOML files; none: all
    layers
        time each layer alone, forward and backward
    repeats
        rounds in which each contestant has a turn
    seconds
        of each turn
    timeout
        seconds in which a contestant must answer; compiling takes longest
    train_only
        no inference
    infer_only
        no training
    show_file
        measure nothing; show the results in a file of --out
    out
        write the results there as JSON, after each recipe
    plot
        draw them there: .svg, .png or .pdf
    """
    _check_places(out, plot)
    silent = quiet and json  # the tables are the result, where it is not asked for in another form
    if show_file:
        results = read_results(show_file)
        say(str(results.machine), quiet=silent)
        if not silent:
            show(results.comparisons, results.machine.peak_gflops)
    else:
        chosen = [override(find_recipe(name), settings or []) for name in recipes or recipe_names()]
        contestants = [*choose(engines, ENGINES, "--engines"), *choose(against, RIVALS, "--against")]
        how = Settings(choose_threads(threads), repeats, seconds, timeout)
        measures = _measures(train_only=train_only, infer_only=infer_only)
        results = Results(look_at_machine(how.threads, peak(how.threads)), asdict(how), ())
        say(str(results.machine), quiet=silent)
        for found in benchmark(
            chosen,
            contestants,
            how,
            measures=measures,
            layers=layers,
            progress=(lambda text: None) if quiet else warn,
        ):
            results = results.joined_by(found)
            if not silent:
                show(found, results.machine.peak_gflops)
            if out:
                write_atomically(out, f"{json_format.dumps(results.to_dict(), indent=2)}\n".encode())
    if not silent:
        explain(layers=any(comparison.layer for comparison in results.comparisons))
    if plot:
        save_figure(speed_figure(speed_panels(results), str(results.machine)), plot)
    if json:
        last_line(results.to_dict())


def _measures(*, train_only: bool, infer_only: bool) -> tuple[str, ...]:
    if train_only and infer_only:
        raise ArgumentError("bench", expected="--train-only or --infer-only", got="both")
    training, *inference = MEASURES
    return (training,) if train_only else tuple(inference) if infer_only else MEASURES


def _check_places(out: Path | None, plot: Path | None) -> None:
    """A file that cannot be written shows before the measuring, not after it."""
    if plot:
        check_ending(plot)
    for path in (out, plot):
        if path and not path.parent.is_dir():
            raise ArgumentError(str(path), expected="a file in a folder that exists", got="no such folder")
