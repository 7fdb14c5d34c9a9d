"""A training in a run folder: records, checkpoints and the final model are written as it goes."""

from collections.abc import Callable, Iterator, Mapping

from handgrad.nn import weights
from handgrad.train.checkpoint import check_finite, save_checkpoint
from handgrad.train.fit import Training
from handgrad.train.records import Record
from handgrad.train.run_folder import RunFolder


def train_in_folder(
    folder: RunFolder,
    training: Training,
    *,
    checkpoint_every: int,
    notes: Mapping[str, str] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Iterator[Record]:
    """Train to the end, or until ``stop`` says so; what is written can be resumed either way.

    Arguments:
        folder: of the run.
        training: fresh, or as `load_checkpoint` left it.
        checkpoint_every: steps between checkpoints.
        notes: what the model file is to say beside the architecture.
        stop: asked after each step.

    Yields:
        each record, once it is written.

    Raises:
        RunError: the folder cannot be written any more; the last checkpoint is intact.
        NonFiniteError: the loss or a gradient became NaN or infinite; the last checkpoint is from before.
    """
    network, progress = training.run.network, training.progress

    def keep() -> None:
        """Model first: what a finished checkpoint stands beside is the model of its end."""
        check_finite(training)
        now = network.state_dict()
        try:
            network.load_state_dict(training.chosen_weights())
            weights.save(network, folder.model, notes)
        finally:
            network.load_state_dict(now)
        save_checkpoint(folder, training)

    while not progress.finished:
        record = training.advance()
        if record:
            folder.append(record)
        interrupted = stop()
        if progress.finished or interrupted or progress.step % checkpoint_every == 0:
            keep()
        if record:
            yield record
        if interrupted and not progress.finished:
            return
    training.run.adopt(training.chosen_weights())
