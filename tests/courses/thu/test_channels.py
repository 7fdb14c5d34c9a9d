"""What a channel is called, on maps whose answer is known."""

import numpy as np

from handgrad.courses.thu.channels import described, features_of

RNG = np.random.default_rng(3)
BLOCKS = np.full((2, 16, 16), -0.5)
BLOCKS[0, 4:9, 5:11] = BLOCKS[1, 6:12, 3:7] = 0.5
FEATURES = features_of(BLOCKS)


def name(maps: np.ndarray) -> str:
    return described(0, np.maximum(maps, 0), np.ones((3, 3)), FEATURES)["like"]


def test_each_feature_is_recognised():
    assert name(BLOCKS) == "the ink"
    assert name(-BLOCKS) == "the paper"
    right = np.zeros_like(BLOCKS)
    right[:, :, 1:-1] = BLOCKS[:, :, 2:] - BLOCKS[:, :, :-2]
    down = np.zeros_like(BLOCKS)
    down[:, 1:-1] = BLOCKS[:, 2:] - BLOCKS[:, :-2]
    assert name(right) == "left sides of strokes"
    assert name(-right) == "right sides of strokes"
    assert name(down) == "upper sides of strokes"
    assert name(-down) == "lower sides of strokes"


def test_noise_is_like_nothing_and_silence_is_silence():
    row = described(4, np.maximum(RNG.standard_normal(BLOCKS.shape), 0), np.ones((3, 3)), FEATURES)
    assert (row["channel"], row["like"], row["silent"]) == (5, "", False)
    assert row["nearest"]
    silent = described(0, np.zeros_like(BLOCKS), -np.ones((3, 3)), FEATURES)
    assert (silent["silent"], silent["like"], silent["correlation"], silent["active"]) == (True, "", 0.0, 0.0)
    assert silent["kernel_sum"] == -9.0
