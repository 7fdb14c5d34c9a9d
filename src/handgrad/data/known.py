"""The data sets whose checksums are known, and where each can be fetched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from handgrad.data.idx import FILES


@dataclass(frozen=True)
class KnownSet:
    """A published data set: its files' checksums and mirrors.

    Arguments:
        name: what the command line calls it.
        title: what people call it.
        folders: where in a data folder it may lie, the likeliest place first; "" is the folder itself.
        mirrors: addresses of folders with the four ``.gz`` files, in the order in which to try them.
        archives: addresses of one ``.npz`` with everything, tried when no mirror has the files.
        sha256: of the four uncompressed files, by what they hold; they hold for every format.
        md5: of the four ``.gz`` files, where nothing better was published.
        names: the classes' names.
    """

    name: str
    title: str
    folders: tuple[str, ...]
    mirrors: tuple[str, ...]
    archives: tuple[str, ...] = ()
    sha256: Mapping[str, str] = field(default_factory=dict)
    md5: Mapping[str, str] = field(default_factory=dict)
    names: tuple[str, ...] = tuple("0123456789")


MNIST = KnownSet(
    name="mnist",
    title="MNIST",
    folders=("", "MNIST/raw", "mnist"),
    mirrors=(
        "https://ossci-datasets.s3.amazonaws.com/mnist/",
        "https://storage.googleapis.com/cvdf-datasets/mnist/",
    ),
    archives=("https://storage.googleapis.com/tensorflow/tf-keras-datasets/mnist.npz",),
    sha256=dict(
        zip(
            FILES,
            (
                "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
                "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
                "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
                "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
            ),
            strict=True,
        )
    ),
)

FASHION_MNIST = KnownSet(
    name="fashion-mnist",
    title="Fashion-MNIST",
    folders=("FashionMNIST/raw", "fashion-mnist", ""),
    mirrors=("http://fashion-mnist.s3-website.eu-central-1.amazonaws.com/",),
    md5=dict(
        zip(
            FILES,
            (
                "8d4fb7e6c68d591d4c3dfef9ec88bf0d",
                "25c81989df183df01b3e8a0aad5dffbe",
                "bef4ecab320f06d8554ea6380940ec79",
                "bb300cfdad3c16e7a12a480ee83cd310",
            ),
            strict=True,
        )
    ),
    names=(
        *("T-shirt/top", "Trouser", "Pullover", "Dress", "Coat"),
        *("Sandal", "Shirt", "Sneaker", "Bag", "Ankle boot"),
    ),
)

KNOWN = {known.name: known for known in (MNIST, FASHION_MNIST)}
