"""A rubric: what counts, for how many points, and under which rules; as a TOML file says it."""

from dataclasses import dataclass, field

from handgrad.checks.styles import STYLES, Interface


def piece_key(interface: Interface) -> str:
    """By what a rubric, and an outcome, call a piece of a course.

    Example:
        >>> piece_key(STYLES["hw5"].interfaces[0])
        'nn_layers:nn_convolutional_layer:conv2d'
    """
    return f"{interface.module}:{interface.name}:{interface.operation}"


def piece_keys(course: str) -> tuple[str, ...]:
    """All pieces of a course, in the order of its style."""
    return tuple(piece_key(interface) for interface in STYLES[course].interfaces)


@dataclass(frozen=True)
class CheckRule:
    """Points for functions that compute what they should.

    Arguments:
        name: stable, unique in the rubric.
        title: for people.
        points: where every result is right; else their share.
        pieces: "MODULE:NAME", or "MODULE:NAME:OPERATION" where a name stands for several operations.
        what: results that count ("forward", "dx", "dweight" ...); none: all.
        visibility: for Gradescope.
    """

    name: str
    title: str
    points: float
    pieces: list[str]
    what: list[str] = field(default_factory=list)
    visibility: str = "visible"


@dataclass(frozen=True)
class Band:
    """Points for accuracies from some value on.

    Arguments:
        points: given.
        above: the accuracy must be greater; or
        least: must be no smaller. One of the two.
    """

    points: float
    above: float | None = None
    least: float | None = None

    def holds(self, accuracy: float) -> bool:
        """Whether an accuracy is in the band, or above it."""
        return accuracy > self.above if self.above is not None else accuracy >= (self.least or 0.0)

    @property
    def words(self) -> str:
        """Where it begins.

        Example:
            >>> Band(20, above=0.8).words, Band(6, least=0.2).words
            ('above 80%', 'from 20%')
        """
        if self.above is not None:
            return f"above {_percent(self.above)}"
        return f"from {_percent(self.least or 0.0)}"


@dataclass(frozen=True)
class Par:
    """Points at an accuracy, and more or fewer for each percentage point beside it.

    Arguments:
        accuracy: that is par.
        points: given for it.
        per_percent: more above, fewer below, for each percentage point; parts of one count.
        lowest: the accuracy from which on down nothing more is taken away.

    Example:
        >>> par = Par(0.9, 20, lowest=0.7)
        >>> [par.at(accuracy) for accuracy in (0.905, 0.9, 0.75, 0.1)]
        [20.5, 20.0, 5.0, 0.0]
    """

    accuracy: float
    points: float
    per_percent: float = 1.0
    lowest: float = 0.0

    def at(self, accuracy: float) -> float:
        """The points of an accuracy."""
        beside = 100 * (max(accuracy, self.lowest) - self.accuracy)
        return round(self.points + self.per_percent * beside, 2) + 0.0  # no -0


@dataclass(frozen=True)
class TrainingRule:
    """Points for the accuracy that the submission's own training reaches on the test images.

    Arguments:
        name, title, visibility: as of a `CheckRule`.
        network: which training of the course, such as "classifier" or "mlp".
        epochs: after which it ends; or
        iterations: batches. One of the two.
        images: how many of the training images are used; None: all.
        batch_size: images a step; None: the course's, or the student's own.
        rate: the learning rate; None: likewise.
        seconds: after which it ends, whatever has been reached.
        bands: accuracies and their points, the best first; or
        par: points around one accuracy. One of the two.
        untrained: points of a submission whose training does not run at all.
    """

    name: str
    title: str
    network: str
    epochs: int | None = None
    iterations: int | None = None
    images: int | None = None
    batch_size: int | None = None
    rate: float | None = None
    seconds: float = 3600.0
    bands: tuple[Band, ...] = ()
    par: Par | None = None
    untrained: float = 0.0
    visibility: str = "visible"

    @property
    def points(self) -> float:
        """Those that can be had without extra ones."""
        return self.par.points if self.par else max(band.points for band in self.bands)

    def at(self, accuracy: float) -> float:
        """The points of an accuracy from 0 to 1."""
        if self.par:
            return self.par.at(accuracy)
        return next((band.points for band in self.bands if band.holds(accuracy)), 0.0)


@dataclass(frozen=True)
class PenaltyRule:
    """Points taken away for training on the test images, where the source shows that.

    Arguments:
        name, title, visibility: as of a `CheckRule`.
        points: taken away, a number above 0.
        calls: by which methods the network in question learns; none: any.
    """

    name: str
    title: str
    points: float
    calls: list[str] = field(default_factory=list)
    visibility: str = "visible"


@dataclass(frozen=True)
class HandRule:
    """What only a person can mark: a derivation, a plot, a report.

    Arguments:
        name, title, visibility: as of a `CheckRule`.
        points: that can be had; 0 where the course's document gives none.
        look_for: what to look for.
    """

    name: str
    title: str
    points: float = 0.0
    look_for: str = ""
    visibility: str = "visible"


Rule = CheckRule | TrainingRule | PenaltyRule | HandRule


@dataclass(frozen=True)
class ImportRule:
    """What a submission may import; handgrad itself it may never.

    Arguments:
        allowed: packages beside its own modules and the course's; none: all.
        forbidden: packages that it may not.
        elsewhere: packages that it may import, but that the functions which are checked may not use.
        void: whether what a module with a forbidden import defines counts nothing; else it is only told.
    """

    allowed: list[str] = field(default_factory=list)
    forbidden: list[str] = field(default_factory=list)
    elsewhere: list[str] = field(default_factory=list)
    void: bool = True


@dataclass(frozen=True)
class Limits:
    """What a submission's functions may use.

    Arguments:
        call_seconds: for one pass through a function or class; three times as long for importing a module.
        memory_mib: of memory, in MiB.
        output_kib: that it may print, in KiB.
        file_mib: that it may write, in MiB.
        processes: that it may have at a time.
    """

    call_seconds: float = 10.0
    memory_mib: int = 4096
    output_kib: int = 1024
    file_mib: int = 64
    processes: int = 64


@dataclass(frozen=True)
class Rubric:
    """What counts in one course, in the order in which it is shown.

    Arguments:
        name: its own.
        course: whose functions and trainings it is about.
        title: for headings.
        source: where its points come from.
        imports: what may be imported.
        limits: what may be used.
        rules: the lines.

    Example:
        >>> from handgrad.grading.rubric_reading import find_rubric
        >>> rubric = find_rubric("hw5")
        >>> rubric.possible, [rule.network for rule in rubric.trainings]
        (20.0, ['classifier'])
    """

    name: str
    course: str
    title: str
    source: str = ""
    imports: ImportRule = field(default_factory=ImportRule)
    limits: Limits = field(default_factory=Limits)
    rules: tuple[Rule, ...] = ()

    @property
    def checks(self) -> tuple[CheckRule, ...]:
        """The lines that functions are checked for."""
        return tuple(rule for rule in self.rules if isinstance(rule, CheckRule))

    @property
    def trainings(self) -> tuple[TrainingRule, ...]:
        """The lines that the submission is trained for."""
        return tuple(rule for rule in self.rules if isinstance(rule, TrainingRule))

    @property
    def by_hand(self) -> tuple[HandRule, ...]:
        """The lines that a person marks."""
        return tuple(rule for rule in self.rules if isinstance(rule, HandRule))

    @property
    def pieces(self) -> tuple[str, ...]:
        """The keys of all pieces that any line is about, in the course's order."""
        wanted = {key for rule in self.checks for key in self.pieces_of(rule)}
        return tuple(key for key in piece_keys(self.course) if key in wanted)

    @property
    def possible(self) -> float:
        """Points that can be had without a person and without extra ones."""
        of_checks = sum(rule.points for rule in self.checks)
        return float(of_checks + sum(rule.points for rule in self.trainings))

    def pieces_of(self, rule: CheckRule) -> tuple[str, ...]:
        """The keys of a line's pieces."""
        return tuple(key for name in rule.pieces for key in piece_keys(self.course) if names_piece(name, key))


def names_piece(name: str, key: str) -> bool:
    """Whether a rubric's name for a piece, with or without its operation, means that of a key.

    Example:
        >>> names_piece("layers:Linear", "layers:Linear:update")
        True
    """
    return name in (key, key.rpartition(":")[0])


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"
