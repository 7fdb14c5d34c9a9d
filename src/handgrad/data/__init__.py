"""Data: readers and writers for every format, where MNIST comes from, batches, augmentation."""

from handgrad.data.batches import batch, shuffled_indices
from handgrad.data.dataset import Dataset, Splits
from handgrad.data.normalisation import Normalisation

__all__ = ["Dataset", "Normalisation", "Splits", "batch", "shuffled_indices"]
