"""What a benchmark found: raw timings, and all that follows from them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from handgrad.bench.machine import Machine
from handgrad.bench.statistics import Spread, speed_ratio
from handgrad.errors import DataError

FORMAT = 1


@dataclass(frozen=True)
class Start:
    """What a contestant needs before it runs at full speed.

    Arguments:
        making: seconds of imports and of binding the recipe.
        first: seconds of the first call of each measure, with all the compiling that it needs.
    """

    making: float
    first: dict[str, float]

    @property
    def seconds(self) -> float:
        """Until the first call of the first measure is done."""
        return self.making + next(iter(self.first.values()), 0.0)


@dataclass(frozen=True)
class Entry:
    """One contestant in one comparison.

    Arguments:
        name, title, family, remark: the contestant's.
        failure: why there are not all timings; empty: there are.
        seconds: of one call, for each measure and round.
        peak_memory: bytes that the process had needed at most when a measure was done.
        cold: its start with no compiled kernels from before; None: it keeps none.
        warm: its start with them.
    """

    name: str
    title: str
    family: str
    remark: str = ""
    failure: str = ""
    seconds: dict[str, list[float]] = field(default_factory=dict)
    peak_memory: dict[str, int] = field(default_factory=dict)
    cold: Start | None = None
    warm: Start | None = None

    @property
    def is_yardstick(self) -> bool:
        """Whether it may be the fastest PyTorch that the others are held against."""
        return self.family == "PyTorch" and not self.remark


@dataclass(frozen=True)
class Comparison:
    """All contestants at one recipe, or at one layer of it.

    Arguments:
        recipe: its name.
        layer: "0 Conv2d(1, 20, 5)"; empty: the whole recipe.
        images: that one call handles, for each measure.
        flop: floating-point operations that one image costs, for each measure.
        entries: one for each contestant.
    """

    recipe: str
    layer: str
    images: dict[str, int]
    flop: dict[str, int]
    entries: tuple[Entry, ...]

    @property
    def title(self) -> str:
        """The recipe, and the layer where it is one."""
        return f"{self.recipe}: {self.layer}" if self.layer else self.recipe

    @property
    def measures(self) -> list[str]:
        """What was measured."""
        return list(self.images)

    def microseconds(self, entry: Entry, measure: str) -> Spread:
        """The time of one call."""
        return Spread.of([seconds * 1e6 for seconds in entry.seconds[measure]])

    def images_per_second(self, entry: Entry, measure: str) -> Spread:
        """The speed; the median is that of the rounds."""
        return Spread.of([self.images[measure] / seconds for seconds in entry.seconds[measure]])

    def gflops(self, entry: Entry, measure: str) -> float:
        """Useful arithmetic, in thousand million floating-point operations a second."""
        return self.images_per_second(entry, measure).median * self.flop[measure] / 1e9

    def yardstick(self, measure: str) -> Entry | None:
        """The fastest float32 configuration of PyTorch."""
        entries = [entry for entry in self.entries if entry.is_yardstick and measure in entry.seconds]
        return min(entries, key=lambda entry: Spread.of(entry.seconds[measure]).median, default=None)

    def ratio(self, entry: Entry, measure: str) -> Spread | None:
        """How many times faster than the yardstick, round by round; None: there is no yardstick."""
        yardstick = self.yardstick(measure)
        if yardstick is None:
            return None
        return speed_ratio(entry.seconds[measure], yardstick.seconds[measure])

    def to_dict(self, peak_gflops: float | None) -> dict[str, Any]:
        """For JSON: the raw numbers, and beside them what follows from them."""
        values = asdict(self)
        for entry, found in zip(self.entries, values["entries"], strict=True):
            found["derived"] = {
                measure: self._derived(entry, measure, peak_gflops) for measure in entry.seconds
            }
        yardsticks = {measure: self.yardstick(measure) for measure in self.measures}
        names = {measure: entry.name if entry else None for measure, entry in yardsticks.items()}
        return {**values, "fastest_pytorch": names}

    def _derived(self, entry: Entry, measure: str, peak_gflops: float | None) -> dict[str, Any]:
        ratio, gflops = self.ratio(entry, measure), self.gflops(entry, measure)
        return {
            "images_per_second": self.images_per_second(entry, measure).to_dict(),
            "ratio_to_fastest_pytorch": ratio.to_dict() if ratio else None,
            "gflops": gflops,
            "share_of_peak": gflops / peak_gflops if peak_gflops else None,
        }

    @classmethod
    def from_dict(cls, values: Mapping[str, Any]) -> "Comparison":
        """Back from JSON; what is derived is derived again."""
        kept = {key: values[key] for key in ("recipe", "layer", "images", "flop")}
        return cls(**kept, entries=tuple(map(_entry, values["entries"])))


@dataclass(frozen=True)
class Results:
    """A whole run of the benchmark.

    Arguments:
        machine: what it ran on.
        settings: of the run, for the record.
        comparisons: in the order in which they were made.
    """

    machine: Machine
    settings: dict[str, Any]
    comparisons: tuple[Comparison, ...]

    def joined_by(self, comparisons: Sequence[Comparison]) -> "Results":
        """These results and some more."""
        return replace(self, comparisons=(*self.comparisons, *comparisons))

    def to_dict(self) -> dict[str, Any]:
        """For JSON."""
        peak = self.machine.peak_gflops
        return {
            "format": FORMAT,
            "machine": self.machine.to_dict(),
            "settings": self.settings,
            "comparisons": [comparison.to_dict(peak) for comparison in self.comparisons],
        }

    @classmethod
    def from_dict(cls, values: Any, where: str) -> "Results":
        """Back from JSON.

        Arguments:
            values: what a file of `to_dict` holds.
            where: the file's name, for the error.

        Raises:
            DataError: something else.
        """
        try:
            if values["format"] != FORMAT:
                raise KeyError("format")
            comparisons = tuple(map(Comparison.from_dict, values["comparisons"]))
            return cls(Machine(**values["machine"]), values["settings"], comparisons)
        except (KeyError, TypeError) as error:
            expected = f"the results of a benchmark, format {FORMAT}"
            raise DataError(where, expected=expected, got=f"something else ({error})") from None


def read_results(path: Path) -> Results:
    """The results in a file of JSON.

    Raises:
        DataError: there is none, or it holds something else.
    """
    try:
        values = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, json.JSONDecodeError) as error:
        raise DataError(str(path), expected="the results of a benchmark", got=str(error)) from None
    return Results.from_dict(values, str(path))


def _entry(values: Mapping[str, Any]) -> Entry:
    kept = {key: value for key, value in values.items() if key != "derived"}
    for key in ("cold", "warm"):
        kept[key] = Start(**kept[key]) if kept[key] else None
    return Entry(**kept)
