"""Training: a generator of records, run folders, checkpoints."""

from handgrad.train.checkpoint import load_checkpoint, save_checkpoint
from handgrad.train.evaluate import Evaluation, evaluate, predicted_classes
from handgrad.train.fit import Plan, Training, fit
from handgrad.train.lock import FolderLock
from handgrad.train.records import Progress, Record
from handgrad.train.run_folder import RunFolder, machine_facts, new_folder
from handgrad.train.session import train_in_folder

__all__ = [
    "Evaluation",
    "FolderLock",
    "Plan",
    "Progress",
    "Record",
    "RunFolder",
    "Training",
    "evaluate",
    "fit",
    "load_checkpoint",
    "machine_facts",
    "new_folder",
    "predicted_classes",
    "save_checkpoint",
    "train_in_folder",
]
