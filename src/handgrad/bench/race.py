"""A race: each contestant in a process of its own, all in turn, round after round."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from handgrad.bench.contestants import Contestant
from handgrad.bench.machine import thread_variables
from handgrad.bench.racer import Dropped, Racer
from handgrad.bench.results import Entry, Start
from handgrad.bench.worker import Answer, Request
from handgrad.errors import ArgumentError
from handgrad.recipes import Recipe

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Settings:
    """How a race is run.

    Arguments:
        threads: that each contestant may use.
        repeats: rounds.
        seconds: of each turn.
        timeout: seconds within which a contestant must answer; compiling takes the longest.

    Raises:
        ArgumentError: a number that makes no sense.
    """

    threads: int
    repeats: int = 7
    seconds: float = 0.5
    timeout: float = 300.0

    def __post_init__(self) -> None:
        for name in ("repeats", "seconds", "timeout"):
            if not 0 < getattr(self, name) < float("inf"):
                got = str(getattr(self, name))
                raise ArgumentError(f"--{name}", expected="a number above 0", got=got)


def race(
    contestants: Sequence[Contestant],
    recipe: Recipe,
    measures: Sequence[str],
    settings: Settings,
    progress: Progress,
    *,
    layers: bool = False,
) -> list[Entry]:
    """Let the contestants run a recipe; one that fails gets an entry with the reason.

    Arguments:
        contestants: in the order of the entries.
        recipe: what they run.
        measures: what is timed, one after the other.
        settings: how often and how long.
        progress: told what happens now.
        layers: each layer alone; kernels then come from the user's own folder, and no cold start is timed.
    """
    with ExitStack() as stack:
        folder = Path(stack.enter_context(TemporaryDirectory(prefix="handgrad-bench-")))
        lanes = []
        for contestant in contestants:
            lane = _Lane(contestant, recipe, settings, None if layers else folder)
            lanes.append(lane)
            if not lane.failure:
                progress(f"{recipe.name}: {contestant.title} gets ready")
                lane.start(stack, measures)
        for measure in measures:
            progress(f"{recipe.name}: {measure}")
            for lane in lanes:
                lane.first(measure)
            for turn in range(settings.repeats):
                shift = turn % len(lanes)
                for lane in lanes[shift:] + lanes[:shift]:  # nobody begins every round
                    lane.turn(measure)
        return [lane.entry() for lane in lanes]


class _Lane:
    """What happens to one contestant in the course of a race.

    Arguments:
        contestant, recipe, settings: who runs what, and how.
        folder: for compiled kernels; None: layers alone are timed, with the user's own folder.
    """

    def __init__(
        self, contestant: Contestant, recipe: Recipe, settings: Settings, folder: Path | None
    ) -> None:
        self.contestant, self.recipe, self.settings, self.folder = contestant, recipe, settings, folder
        self.failure = contestant.missing()
        self.racer: Racer | None = None
        self.cold: Start | None = None
        self.warm: Start | None = None
        self.seconds: dict[str, list[float]] = {}
        self.peak_memory: dict[str, int] = {}

    def start(self, stack: ExitStack, measures: Sequence[str]) -> None:
        """Cold, where that is another matter, and then warm: that is the process which races."""
        try:
            if self.contestant.cache_variable and self.folder:
                with self._racer() as racer:
                    first = {measure: racer.ask(Request(measure)).seconds for measure in measures}
                self.cold = Start(racer.making_seconds, first)
            self.racer = stack.enter_context(self._racer())
            self.warm = Start(self.racer.making_seconds, {})
        except Dropped as reason:
            self.failure = str(reason)

    def _racer(self) -> Racer:
        side, variables = self.contestant.layers_side, thread_variables(self.settings.threads)
        if self.folder:
            side = self.contestant.side
            if self.contestant.cache_variable:
                cache = self.folder / self.contestant.name
                cache.mkdir(exist_ok=True)
                variables[self.contestant.cache_variable] = str(cache)
        threads, options, timeout = self.settings.threads, self.contestant.options, self.settings.timeout
        return Racer(side, self.recipe, threads, options, variables=variables, timeout=timeout)

    def first(self, measure: str) -> None:
        """The first call of a measure, with whatever it compiles."""
        answer = self._ask(Request(measure))
        if answer and self.warm:
            self.warm.first[measure] = answer.seconds

    def turn(self, measure: str) -> None:
        """Its turn of one round."""
        answer = self._ask(Request(measure, self.settings.seconds))
        if answer:
            self.seconds.setdefault(measure, []).append(answer.seconds)
            self.peak_memory[measure] = answer.peak_memory

    def _ask(self, request: Request) -> Answer | None:
        """What it answers; None: it is out."""
        if self.racer is None:
            return None
        try:
            return self.racer.ask(request)
        except Dropped as reason:
            self.racer, self.failure = None, str(reason)
            self.seconds.pop(request.measure, None)  # broken off: not to be compared with whole ones
            self.peak_memory.pop(request.measure, None)
            return None

    def entry(self) -> Entry:
        """What came out."""
        return Entry(
            name=self.contestant.name,
            title=self.contestant.title,
            family=self.contestant.family,
            remark=self.contestant.remark,
            failure=self.failure,
            seconds=self.seconds,
            peak_memory=self.peak_memory,
            cold=self.cold,
            warm=self.warm,
        )
