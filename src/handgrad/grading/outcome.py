"""What running a submission gave, before it becomes points."""

from dataclasses import dataclass
from typing import Literal

from handgrad.checks.checking import Piece

State = Literal["checked", "missing", "stopped", "open"]
"""Of a piece: checked, not there, ended before it could be told, as it was handed out."""


@dataclass(frozen=True)
class CheckOutcome:
    """What became of one piece, such as "nn_layers:nn_fc_layer:linear".

    Arguments:
        state: how far it came.
        piece: what the checks found, where they came to an end; findings with what they show.
        reason: why there is nothing, a sentence without its full stop; of what was stopped and is missing.
        cause: of what was stopped: a stable identifier, such as "endless-loop".

    Example:
        >>> outcome = CheckOutcome("stopped", reason="it did not come back", cause="endless-loop")
        >>> outcome.piece is None
        True
    """

    state: State
    piece: Piece | None = None
    reason: str = ""
    cause: str = ""


@dataclass(frozen=True)
class TrainingOutcome:
    """What became of one training.

    Arguments:
        accuracy: on the test images, from 0 to 1; None where it did not come to one.
        epochs: passes over the training images that were done, parts of one counted.
        iterations: batches that were done.
        seconds: that they took.
        stopped: why it ended before its rule's end, a sentence without its full stop; empty: it did not.
        cause: of what kept it from an accuracy: a stable identifier, such as "raises".
    """

    accuracy: float | None
    epochs: float = 0.0
    iterations: int = 0
    seconds: float = 0.0
    stopped: str = ""
    cause: str = ""
