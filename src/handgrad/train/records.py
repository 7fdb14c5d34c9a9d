"""What training says as it goes: records, and where it stands."""

from dataclasses import asdict, dataclass, field
from typing import Any

from handgrad.train.evaluate import Evaluation


@dataclass(frozen=True)
class Record:
    """What happened since the record before it.

    Arguments:
        step: training steps made so far.
        epoch: the epoch, counted from 1, that the last of them belongs to.
        loss: the mean loss of the batches since the last record, each before its update.
        accuracy: of the same batches, from 0 to 1.
        lr: the learning rate of the last step.
        images_per_second: of the training alone, evaluations not counted.
        validation: on the validation split, where this record evaluates it.
        watch: on the data sets that are only watched.

    Example:
        >>> record = Record(step=200, epoch=1, loss=0.5, accuracy=0.75, lr=0.01, images_per_second=9000.0)
        >>> print(record)
        step    200  epoch 1  loss 0.5000  accuracy 75.00%  lr 0.01  9,000 images/s
    """

    step: int
    epoch: int
    loss: float
    accuracy: float
    lr: float
    images_per_second: float
    validation: Evaluation | None = None
    watch: dict[str, Evaluation] = field(default_factory=dict)

    def __str__(self) -> str:
        words = [
            f"step {self.step:>6,}",
            f"epoch {self.epoch}",
            f"loss {self.loss:.4f}",
            f"accuracy {self.accuracy:.2%}",
            f"lr {self.lr:.3g}",
            f"{self.images_per_second:,.0f} images/s",
        ]
        if self.validation:
            words.append(f"validation {self.validation}")
        words += [f"{name} {evaluation}" for name, evaluation in self.watch.items()]
        return "  ".join(words)

    def to_dict(self) -> dict[str, Any]:
        """The record as a line of metrics.jsonl holds it."""
        return asdict(self)


@dataclass
class Progress:
    """Where a training stands: what a checkpoint must hold beside the engine's state.

    Arguments:
        step: training steps made.
        loss_sum, correct, seen: over the images since the last record.
        best_step, best_accuracy, best_loss: of the best epoch so far, by validation accuracy and then loss.
        epochs_without_improvement: since then.
        finished: why the training is over; empty while it is not.
    """

    step: int = 0
    loss_sum: float = 0.0
    correct: int = 0
    seen: int = 0
    best_step: int = 0
    best_accuracy: float = -1.0
    best_loss: float = float("inf")
    epochs_without_improvement: int = 0
    finished: str = ""
