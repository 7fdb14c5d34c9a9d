"""Checkpoints: one safetensors file that holds all that a training needs to go on exactly."""

import json
from dataclasses import asdict, fields

import numpy as np

from handgrad.errors import NonFiniteError, WeightsError
from handgrad.files import write_atomically
from handgrad.nn.weights import read, to_bytes
from handgrad.train.fit import Training
from handgrad.train.records import Progress
from handgrad.train.run_folder import RunFolder, unwritable

BEST = "best/"
FORMAT = "handgrad-checkpoint-1"


def save_checkpoint(folder: RunFolder, training: Training) -> None:
    """Write engine state, progress and best weights, atomically: the checkpoint before stays until then.

    Arguments:
        folder: of the run.
        training: between two steps.

    Raises:
        RunError: the folder cannot be written, or the disk is full.
    """
    arrays = training.run.state() | {BEST + name: array for name, array in training.best_weights.items()}
    metadata = {"format": FORMAT, "progress": json.dumps(asdict(training.progress))}
    try:
        folder.checkpoint.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise unwritable(folder.checkpoint.parent, error) from None
    write_atomically(folder.checkpoint, to_bytes(arrays, metadata))


def check_finite(training: Training) -> None:
    """Refuse to keep weights that the last step made infinite: the checkpoint before is the last good one.

    Raises:
        NonFiniteError: the engine's state has a NaN or an infinity.
    """
    for name, array in training.run.state().items():
        if not np.isfinite(array).all():
            raise NonFiniteError(
                f"step {training.progress.step}",
                expected="finite numbers",
                got=f"NaN or infinity in {name} after the update",
                hint="try a lower learning rate or gradient clipping",
            )


def load_checkpoint(folder: RunFolder, training: Training) -> bool:
    """Bring a fresh training to where the last checkpoint was.

    Arguments:
        folder: of the run; later records are taken out of its metrics.
        training: made from the same recipe, with no step made.

    Returns:
        whether there was a checkpoint.

    Raises:
        WeightsError: it is damaged, of another version, or belongs to another network.
    """
    if not folder.checkpoint.exists():
        folder.rewind(0)
        return False
    arrays, metadata = read(folder.checkpoint)
    if metadata.get("format") != FORMAT:
        raise WeightsError(
            str(folder.checkpoint),
            expected=f"a checkpoint of a training ({FORMAT})",
            got=metadata.get("format", "no format"),
            hint="continue it with the version of handgrad that wrote it",
        )
    try:
        values = json.loads(metadata["progress"])
        progress = Progress(**{field.name: values[field.name] for field in fields(Progress)})
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise WeightsError(
            str(folder.checkpoint), expected="a checkpoint of a training", got=f"no progress in it ({error})"
        ) from None
    best = {name.removeprefix(BEST): array for name, array in arrays.items() if name.startswith(BEST)}
    try:
        training.run.load_state({key: array for key, array in arrays.items() if not key.startswith(BEST)})
    except WeightsError as error:
        raise WeightsError(
            str(folder.checkpoint), expected=error.expected, got=error.got, hint=error.hint
        ) from None
    training.progress, training.best_weights = progress, best
    folder.rewind(progress.step)
    return True
