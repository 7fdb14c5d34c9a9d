"""From a rubric and what running a submission gave to its items, one for each line."""

from collections.abc import Mapping, Sequence

from handgrad.courses import find_course
from handgrad.grading.check_scoring import score_check
from handgrad.grading.importing import Violation
from handgrad.grading.leak import Leak
from handgrad.grading.outcome import CheckOutcome, TrainingOutcome
from handgrad.grading.result import Item
from handgrad.grading.rubric import CheckRule, HandRule, PenaltyRule, Rubric, TrainingRule
from handgrad.grading.source import also
from handgrad.grading.training_scoring import score_penalty, score_training


def score(
    rubric: Rubric,
    checks: Mapping[str, CheckOutcome],
    training: Mapping[str, TrainingOutcome],
    violations: Sequence[Violation] = (),
    leaks: Sequence[Leak] = (),
) -> tuple[Item, ...]:
    """The items of one submission, in the rubric's order; imports that are not allowed stand before them.

    Arguments:
        rubric: whose lines.
        checks: by a piece's key, such as "nn_layers:nn_fc_layer:linear"; what is not here is not there.
        training: by a line's name in the rubric; what is not here was not trained.
        violations: of the rubric's rule for imports.
        leaks: places that learn from test images.

    Example:
        >>> from handgrad.grading.rubric_reading import find_rubric
        >>> items = score(find_rubric("hw5"), {}, {"total-accuracy": TrainingOutcome(0.93)})
        >>> items[0].points, items[0].status, items[0].reason
        (0.0, 'open', 'Every function is still open or missing: this counts as nothing handed in.')
    """
    items = [_imports(rubric, violations)] if violations else []
    counted = violations if rubric.imports.void else ()
    modules = find_course(rubric.course).modules
    of_training = [one for one in counted if not one.pieces and {*one.reaches} & {*modules}]
    nothing_done = _nothing_done(rubric, checks)
    absent = CheckOutcome("missing")
    for rule in rubric.rules:
        match rule:
            case CheckRule():
                keys = rubric.pieces_of(rule)
                items.append(score_check(rule, keys, [checks.get(key, absent) for key in keys], counted))
            case TrainingRule():
                items.append(score_training(rule, training.get(rule.name), of_training, nothing_done))
            case PenaltyRule():
                items.append(score_penalty(rule, leaks))
            case HandRule():
                items.append(_by_hand(rule))
    return tuple(items)


def _nothing_done(rubric: Rubric, checks: Mapping[str, CheckOutcome]) -> bool:
    """Whether not one function of the rubric was written."""
    states = [checks.get(key, CheckOutcome("missing")) for key in rubric.pieces]
    return bool(states) and all(_unwritten(outcome) for outcome in states)


def _unwritten(outcome: CheckOutcome) -> bool:
    if outcome.piece is None:
        return outcome.state in ("missing", "open")
    wrong = {finding.what for finding in outcome.piece.findings if finding.cause == "not-implemented"}
    return outcome.state == "open" or (bool(wrong) and wrong >= set(outcome.piece.compared))


def _imports(rubric: Rubric, violations: Sequence[Violation]) -> Item:
    counts = "What needs it does not count." if rubric.imports.void else "It is told, and costs nothing."
    return Item(
        "imports",
        "Imports",
        0.0,
        0.0,
        "failed",
        f"{violations[0]}.{also(len(violations) - 1)} {counts}",
        cause="import",
        detail="\n".join(str(one) for one in violations),
    )


def _by_hand(rule: HandRule) -> Item:
    reason = f"To be marked by hand: {rule.look_for}." if rule.look_for else "To be marked by hand."
    return Item(rule.name, rule.title, 0.0, float(rule.points), "by hand", reason, visibility=rule.visibility)
