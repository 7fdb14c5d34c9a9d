"""Data: readers and writers for every format, where MNIST comes from, batches, augmentation."""

from handgrad.data.augment import RandomAffine
from handgrad.data.batches import batch, shuffled_indices
from handgrad.data.compose import Compose
from handgrad.data.dataset import Dataset, Splits
from handgrad.data.digits import load_digits
from handgrad.data.elastic import ElasticTransform
from handgrad.data.formats import convert
from handgrad.data.load import load_data, load_fashion_mnist, load_folder, load_mnist
from handgrad.data.normalisation import Normalisation
from handgrad.data.picture import digit_from_picture
from handgrad.data.status import survey

__all__ = [
    "Compose",
    "Dataset",
    "ElasticTransform",
    "Normalisation",
    "RandomAffine",
    "Splits",
    "batch",
    "convert",
    "digit_from_picture",
    "load_data",
    "load_digits",
    "load_fashion_mnist",
    "load_folder",
    "load_mnist",
    "shuffled_indices",
    "survey",
]
