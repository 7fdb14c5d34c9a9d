"""Streams of random numbers: every use of a seed has one of its own, and none repeats another's."""

from enum import IntEnum

import numpy as np


class Stream(IntEnum):
    """What random numbers are for; together with the seed and a place in the run it says which they are."""

    ORDER = 1  # of the images in an epoch
    FORWARD = 2  # dropout's masks in a step
    AUGMENTATION = 3  # of a step's images
    FIRST_VALUES = 4  # of a parameter


def generator(seed: int, stream: Stream, *place: int) -> np.random.Generator:
    """The generator of a stream at a place: the epoch, the step, or the layer and its parameter.

    Arguments:
        seed: of the run, 0 or more.
        stream: what the numbers are for.
        place: whole numbers, 0 or more; a stream always has as many.

    Example:
        >>> same = [int(generator(0, Stream.ORDER, 5).integers(1000)) for _ in range(2)]
        >>> same[0] == same[1]
        True
    """
    return np.random.default_rng([seed, stream, *place])
