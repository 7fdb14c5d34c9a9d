"""Checkpoints: one safetensors file that holds all that a training needs to go on exactly."""

import json
from dataclasses import asdict, fields

from safetensors.numpy import save as to_bytes

from handgrad.errors import WeightsError
from handgrad.files import write_atomically
from handgrad.nn.weights import read
from handgrad.train.fit import Training
from handgrad.train.records import Progress
from handgrad.train.run_folder import RunFolder, unwritable

BEST = "best/"


def save_checkpoint(folder: RunFolder, training: Training) -> None:
    """Write engine state, progress and best weights, atomically: the checkpoint before stays until then.

    Arguments:
        folder: of the run.
        training: between two steps.

    Raises:
        RunError: the folder cannot be written, or the disk is full.
    """
    arrays = training.run.state() | {BEST + name: array for name, array in training.best_weights.items()}
    metadata = {"format": "handgrad-checkpoint-1", "progress": json.dumps(asdict(training.progress))}
    try:
        folder.checkpoint.parent.mkdir(exist_ok=True)
    except OSError as error:
        raise unwritable(folder.checkpoint.parent, error) from None
    write_atomically(folder.checkpoint, to_bytes(arrays, metadata))


def load_checkpoint(folder: RunFolder, training: Training) -> bool:
    """Bring a fresh training to where the last checkpoint was.

    Arguments:
        folder: of the run; later records are taken out of its metrics.
        training: made from the same recipe, with no step made.

    Returns:
        whether there was a checkpoint.

    Raises:
        WeightsError: it is damaged, or belongs to another network.
    """
    if not folder.checkpoint.exists():
        folder.rewind(0)
        return False
    arrays, metadata = read(folder.checkpoint)
    try:
        values = json.loads(metadata["progress"])
        progress = Progress(**{field.name: values[field.name] for field in fields(Progress)})
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise WeightsError(
            str(folder.checkpoint), expected="a checkpoint of a training", got=f"no progress in it ({error})"
        ) from None
    best = {name.removeprefix(BEST): array for name, array in arrays.items() if name.startswith(BEST)}
    training.run.load_state({name: array for name, array in arrays.items() if not name.startswith(BEST)})
    training.progress, training.best_weights = progress, best
    folder.rewind(progress.step)
    return True
