"""All that the homework asks for, in the order of its sections."""

from __future__ import annotations

from typing import TYPE_CHECKING

from handgrad.courses.cmu10601.experiments.gradient_check import check_gradients
from handgrad.courses.cmu10601.experiments.maps import look_at_maps
from handgrad.courses.cmu10601.experiments.questions import answer_questions
from handgrad.courses.cmu10601.experiments.side_by_side import compare_engines
from handgrad.courses.cmu10601.experiments.toy import work_through_toy
from handgrad.courses.cmu10601.experiments.training import train_lenet

if TYPE_CHECKING:
    from handgrad.courses.study import Study

__all__ = ["run"]


def run(study: Study) -> None:
    """Work through the homework: every number of its report, and every figure.

    Arguments:
        study: the data, the folder, and whether a look is enough.

    Raises:
        RunError: the folder cannot be written.

    Example:
        >>> run.__name__  # a full run takes minutes
        'run'
    """
    study.numbers["toy"] = work_through_toy()
    study.say("toy network: twelve questions answered")
    study.numbers["questions"] = answer_questions()
    study.numbers["gradients"] = check_gradients(study)
    study.say("every layer's gradient checked by finite differences")
    study.numbers["side_by_side"] = compare_engines(study)
    study.say("the course's own functions beside the engines")
    study.numbers["training"], trained = train_lenet(study)
    study.numbers["maps"] = look_at_maps(study, trained)
