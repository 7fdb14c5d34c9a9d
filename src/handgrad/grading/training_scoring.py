"""Points for an accuracy, and for what was done to reach it."""

from collections.abc import Sequence

from handgrad.grading.importing import Violation
from handgrad.grading.leak import Leak
from handgrad.grading.outcome import TrainingOutcome
from handgrad.grading.result import Item, Status
from handgrad.grading.rubric import PenaltyRule, TrainingRule
from handgrad.grading.source import also


def score_training(
    rule: TrainingRule, outcome: TrainingOutcome | None, violations: Sequence[Violation], nothing_done: bool
) -> Item:
    """A training's points.

    Arguments:
        rule: the line.
        outcome: what became of it; None where it was not tried.
        violations: by which it does not count.
        nothing_done: whether every function is as it was handed out, which counts as nothing handed in.
    """
    if nothing_done:
        reason = "Every function is still open or missing: this counts as nothing handed in."
        return _item(rule, 0.0, "open", reason, "not-implemented")
    if violations:
        return _item(rule, 0.0, "failed", f"It does not count: {violations[0]}.", "import")
    if outcome is None:
        return _item(rule, 0.0, "not run", "It was not trained.")
    if outcome.accuracy is None:
        why = outcome.stopped or "it came to no accuracy"
        given = f" Handed in, but untrained: {_points(rule.untrained)}." if rule.untrained else ""
        status: Status = "partly" if rule.untrained else "failed"
        return _item(rule, rule.untrained, status, f"No accuracy: {why}.{given}", outcome.cause)
    points = rule.at(outcome.accuracy)
    status = "passed" if points >= rule.points else "partly" if points > 0 else "failed"
    ended = f" It ended early: {outcome.stopped}." if outcome.stopped else ""
    reached = f"{outcome.accuracy:.2%} of the test images are right{_after(outcome)}"
    reason = f"{reached}: {_why(rule, outcome.accuracy)}.{ended}"
    return _item(rule, points, status, reason, "" if status == "passed" else "low-accuracy")


def score_penalty(rule: PenaltyRule, leaks: Sequence[Leak]) -> Item:
    """What is taken away for training on the test set.

    Arguments:
        rule: the line.
        leaks: all that were found.
    """
    found = [leak for leak in leaks if not rule.calls or leak.call in rule.calls]
    if not found:
        reason = "The source shows no training on test images."
        return Item(rule.name, rule.title, 0.0, 0.0, "passed", reason, visibility=rule.visibility)
    return Item(
        rule.name,
        rule.title,
        -float(rule.points),
        0.0,
        "failed",
        f"{found[0]}.{also(len(found) - 1)}",
        cause="trained-on-test-set",
        detail="\n".join(str(leak) for leak in found),
        visibility=rule.visibility,
    )


def _item(rule: TrainingRule, points: float, status: Status, reason: str, cause: str = "") -> Item:
    return Item(
        rule.name,
        rule.title,
        float(points),
        float(rule.points),
        status,
        reason,
        cause=cause,
        visibility=rule.visibility,
    )


def _why(rule: TrainingRule, accuracy: float) -> str:
    """Which points that is, and what the next would have taken."""
    points = rule.at(accuracy)
    if rule.par:
        beside = round(100 * (accuracy - rule.par.accuracy), 2)
        if beside == 0:
            return f"{_points(points)}, exactly par"
        unit = "percentage point" if abs(beside) == 1 else "percentage points"
        where = f"{abs(beside):g} {unit} {'above' if beside > 0 else 'below'}"
        lowest = f"; no more is lost below {rule.par.lowest:.0%}" if accuracy < rule.par.lowest else ""
        return f"{_points(points)}, {where} the par of {rule.par.accuracy:.0%}{lowest}"
    better = [band for band in rule.bands if band.points > points]
    held = next((band for band in rule.bands if band.holds(accuracy)), None)
    words = f"{_points(points)}, given {held.words}" if held else f"{_points(points)}, below all bands"
    return f"{words}; {_points(better[-1].points)} {better[-1].words}" if better else words


def _after(outcome: TrainingOutcome) -> str:
    done = [f"{outcome.epochs:.3g} epochs"] if outcome.epochs and outcome.epochs != 1 else []
    done += ["1 epoch"] if outcome.epochs == 1 else []
    done += [_counted(outcome.iterations, "iteration")] if outcome.iterations else []
    done += [_counted(round(outcome.seconds), "second")] if outcome.seconds else []
    return f" after {', '.join(done)}" if done else ""


def _counted(number: int, unit: str) -> str:
    return f"{number:,} {unit}" if number == 1 else f"{number:,} {unit}s"


def _points(points: float) -> str:
    return "1 point" if points == 1 else f"{points:g} points"
