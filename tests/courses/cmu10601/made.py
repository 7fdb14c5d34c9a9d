"""Feature maps, networks and data for the tests of this course."""

from functools import cache

import numpy as np

import handgrad as hg

STEP = 1e-5


def feature_map(height, width, channel, batch, seed=0):
    rng = np.random.default_rng(seed)
    data = rng.normal(size=(height * width * channel, batch))
    return {"height": height, "width": width, "channel": channel, "batch_size": batch, "data": data}


def with_diff(output, seed=1):
    return output | {"diff": np.random.default_rng(seed).normal(size=output["data"].shape)}


def images(feature_map, key="data"):
    """(h·w·c, N) as (h, w, c, N), which is what (row, column, channel) order means."""
    sizes = (feature_map["height"], feature_map["width"], feature_map["channel"])
    return feature_map[key].reshape(*sizes, feature_map["batch_size"])


def slopes(array, function, step=STEP):
    """The central difference of a number-valued function in every entry of an array."""
    found = np.empty_like(array)
    for index in np.ndindex(array.shape):
        kept = array[index]
        array[index] = kept + step
        above = function()
        array[index] = kept - step
        below = function()
        array[index] = kept
        found[index] = (above - below) / (2 * step)
    return found


def frozen(*dictionaries):
    """Make every array in dicts, of dicts or not, read-only."""
    for dictionary in dictionaries:
        for value in dictionary.values():
            if isinstance(value, dict):
                frozen(value)
            elif isinstance(value, np.ndarray):
                value.flags.writeable = False


def small_layers(batch_size=3):
    return {
        1: {"type": "DATA", "height": 8, "width": 8, "channel": 2, "batch_size": batch_size},
        2: {"type": "CONV", "num": 4, "k": 3, "stride": 1, "pad": 1, "group": 2},
        3: {"type": "POOLING", "k": 2, "stride": 2, "pad": 0},
        4: {"type": "CONV", "num": 5, "k": 3, "stride": 1, "pad": 0, "group": 1},
        5: {"type": "ELU"},
        6: {"type": "IP", "num": 7, "init_type": "gaussian"},
        7: {"type": "RELU"},
        8: {"type": "IP", "num": 6, "init_type": "uniform"},
        9: {"type": "LOSS", "num": 4},
    }


def digits(train=600, validation=120, test=80):
    """Real digits, 28x28, in the sizes asked for."""
    return _all_digits().limit(train, validation, test)


@cache
def _all_digits():
    return hg.load_digits()
