"""The real MNIST, where it is: judged by its published checksums without a line of the library's own."""

import gzip
import hashlib
import os
import zlib
from pathlib import Path

import pytest

PUBLISHED = {
    "train-images-idx3-ubyte": "ba891046e6505d7aadcbbe25680a0738ad16aec93bde7f9b65e87a2fc25776db",
    "train-labels-idx1-ubyte": "65a50cbbf4e906d70832878ad85ccda5333a97f0f4c3dd2ef09a8a9eef7101c5",
    "t10k-images-idx3-ubyte": "0fa7898d509279e482958e8ce81c8e77db3f2f8254e26661ceb7762c4d494ce7",
    "t10k-labels-idx1-ubyte": "ff7bcfd416de33731a308c3f266cc351222c34898ecbeaf847f06e48f7ec33f2",
}


def folder_or_skip() -> Path:
    """HANDGRAD_DATA, if it holds the published files; else the test is skipped, saying what is wrong.

    The library's own verdict is not asked: if it refused intact files, its tests would fail, not be skipped.
    """
    named = os.environ.get("HANDGRAD_DATA")
    if not named:
        pytest.skip("HANDGRAD_DATA is not set, so the real MNIST is not here")
    for name, published in PUBLISHED.items():
        found = digest(Path(named) / name)
        if found != published:
            pytest.skip(f"the copy of MNIST that HANDGRAD_DATA names is damaged: {name} {found}")
    return Path(named)


def digest(path: Path) -> str:
    """SHA-256 of a file's content, unpacked; or why there is none."""
    packed = path.with_name(f"{path.name}.gz")
    try:
        content = path.read_bytes() if path.exists() else gzip.decompress(packed.read_bytes())
    except (OSError, EOFError, zlib.error) as error:
        return f"cannot be read ({error})"
    return hashlib.sha256(content).hexdigest()
