"""The course's small helpers."""

import re

import numpy as np
import pytest

from handgrad.courses.thu.utils import LOG_INFO, calculate_acc, onehot_encoding
from handgrad.errors import DataError, ShapeError


def test_a_message_stands_behind_the_time_of_day(capsys):
    LOG_INFO("Training @ 3 epoch...")
    assert re.fullmatch(r"\d\d:\d\d:\d\d\.\d{3} Training @ 3 epoch\.\.\.\n", capsys.readouterr().out)


def test_one_hot_rows():
    rows = onehot_encoding(np.array([2, 0], np.uint8), 4)
    assert rows.tolist() == [[0, 0, 1, 0], [1, 0, 0, 0]]
    assert rows.dtype == np.float64


@pytest.mark.parametrize("label", [np.array([0, 10]), np.array([-1]), np.array([0.5])])
def test_what_is_no_label_is_refused(label):
    with pytest.raises(DataError, match="0 to 9"):
        onehot_encoding(label, 10)


def test_the_accuracy_counts_the_first_of_equals():
    output = np.array([[0.1, 0.9], [0.8, 0.2], [0.5, 0.5]])
    assert calculate_acc(output, np.array([1, 1, 0], np.uint8)) == pytest.approx(2 / 3)
    with pytest.raises(ShapeError, match="n x classes"):
        calculate_acc(output, np.array([1, 1]))
