"""Copies the shared MNIST, and puts right what a replacement of text broke in it.

    python .ci/mend_mnist.py FOLDER COPY

In both packed image files a pair of letters, ``lh`` as a word of its own, was replaced by ``hg``, as if they
were text. The places below were found by unpacking and packing again: with all of them changed back, both
files have their published SHA-256, of which the tests make sure (tests/real_mnist.py). Intact files are only
copied.
"""

import sys
from pathlib import Path
from shutil import copyfile

WAS, IS = b"lh", b"hg"
PLACES = {
    "train-images-idx3-ubyte.gz": (
        330113, 1628496, 3015423, 3056817, 3142420, 3196171, 3388581, 3423050, 3423653, 3546485, 3946798,
        3950324, 4209073, 4340601, 4409983, 5929159, 5991842, 6007998, 6194823, 6210234, 6952582, 7409362,
        7493230, 7651389, 7703207, 7879276, 9382237,
    ),
    "t10k-images-idx3-ubyte.gz": (137019, 477169, 752949),
}  # fmt: skip


def main() -> None:
    """Copy and mend the files of a folder."""
    folder, copy = map(Path, sys.argv[1:])
    copy.mkdir(parents=True, exist_ok=True)
    for path in folder.iterdir():
        copyfile(path, copy / path.name)
        content = bytearray(path.read_bytes())
        spans = [slice(place, place + len(IS)) for place in PLACES.get(path.name, ())]
        if spans and all(content[span] == IS for span in spans):
            for span in spans:
                content[span] = WAS
            (copy / path.name).write_bytes(content)


main()
