"""Imports are read from the source, against each rubric's rule."""

import pytest

from handgrad.grading.importing import find_violations, module_of
from handgrad.grading.rubric_reading import find_rubric, parse_rubric


def names(sources: dict[str, str], rubric: str) -> list[str]:
    return [f"{one.file}:{one.line} {one.name}" for one in find_violations(sources, find_rubric(rubric))]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("import numpy as np", ""),
        ("import matplotlib.pyplot as plt", ""),
        ("from time import time", ""),
        ("import torch.nn as nn", ""),
        ("from __future__ import print_function", ""),
        ("from Project3 import MLP", ""),
        ("from helper import one_hot", ""),
        ("from . import helper", ""),
        ("from .helper import one_hot", ""),
        ("import scipy", "scipy"),
        ("import numpy, sklearn.metrics", "sklearn.metrics"),
        ("from tensorflow.keras import layers", "tensorflow.keras"),
        ("m = __import__('scipy.io')", "scipy.io"),
        ("import importlib", "importlib"),
        ("def f():\n    import pandas", "pandas"),
        ("from handgrad.courses.project3 import *", "handgrad.courses.project3"),
        ("import timeit", "timeit"),  # not time
    ],
)
def test_project3_allows_what_its_document_lists(line: str, found: str) -> None:
    seen = [
        one.name for one in find_violations({"Project3.py": line, "helper.py": ""}, find_rubric("project3"))
    ]
    assert seen == ([found] if found else [])


def test_calls_that_import_by_name() -> None:
    source = "import importlib\nt = importlib.import_module(name='torch.nn')\nk = __import__('keras')\n"
    source += "importlib.import_module('.own', 'pack')\n__import__(name)\n"
    assert names({"layers.py": source}, "cs5242") == ["layers.py:2 torch.nn", "layers.py:3 keras"]


@pytest.mark.parametrize("rubric", ["hw5", "hw5-functions", "project3", "cmu10601", "thu", "cs5242"])
def test_handgrad_itself_is_never_allowed(rubric: str) -> None:
    assert names({"a.py": "import handgrad as hg"}, rubric) == ["a.py:1 handgrad"]
    assert names({"a.py": "import handgradient"}, rubric) == (
        ["a.py:1 handgradient"] if rubric == "project3" else []
    )
    assert names({"a.py": "import handgrad", "handgrad.py": ""}, rubric) == ["a.py:1 handgrad"]


def test_an_own_module_is_no_package_of_that_name() -> None:
    assert names({"Project3.py": "import plots", "plots.py": "import numpy"}, "project3") == []
    assert names({"Project3.py": "import plots.bars", "plots/bars.py": ""}, "project3") == []
    assert names({"Project3.py": "import plots"}, "project3") == ["Project3.py:1 plots"]


def test_which_modules_a_violation_reaches() -> None:
    sources = {
        "layers.py": "from utils import tools\nimport numpy",
        "utils/__init__.py": "",
        "utils/tools.py": "from . import deep",
        "utils/deep.py": "import torch",
        "loss.py": "import numpy",
        "models.py": "import layers",
        "broken.py": "import (",
    }
    (found,) = find_violations(sources, find_rubric("cs5242"))
    assert found.reaches == ("layers", "models", "utils.deep", "utils.tools")
    assert (found.file, found.line, found.text) == ("utils/deep.py", 1, "import torch")
    assert str(found) == "utils/deep.py, line 1: import torch: the rubric forbids torch"


def test_torch_is_for_part_two_only() -> None:
    source = """
import numpy as np
import torch
import torch.nn.functional as F
from torch import nn

class ConvNet(nn.Module):
    def forward(self, x):
        return F.relu(x)

class MLP:
    def forward(self, x):
        return torch.sigmoid(x)
    def update_grad(self, y):
        return torch.zeros(3)

def softmax(x):
    return F.softmax(x)

def sigmoid(x):
    return 1 / (1 + np.exp(-x))
"""
    found = find_violations({"Project3.py": source}, find_rubric("project3"))
    assert [(one.line, one.pieces, one.name) for one in found] == [
        (13, ("MLP",), "torch"),
        (18, ("softmax",), "torch.nn.functional"),
    ]
    assert found[0].reason == "MLP may not use torch, which the rubric allows for other parts"


def test_a_rule_of_ones_own() -> None:
    text = 'name = "a"\ncourse = "hw5"\ntitle = "A"\n[imports]\nallowed = ["numpy.linalg"]\n'
    rubric = parse_rubric(text + '[[item]]\nkind = "by hand"\nname = "a"\ntitle = "A"\n', "a.toml")
    found = find_violations({"hw5.py": "import numpy\nimport numpy.linalg\nimport nn_layers"}, rubric)
    assert [one.name for one in found] == ["numpy"]
    assert found[0].reason == "the rubric allows numpy.linalg, and no other packages"


def test_odd_strings_of_a_student_warn_nobody() -> None:
    assert names({"hw5.py": "a = '\\d'\nif 1 is 1: pass\nimport handgrad"}, "hw5") == ["hw5.py:3 handgrad"]


@pytest.mark.parametrize(("path", "module"), [("a.py", "a"), ("a/b.py", "a.b"), ("a/__init__.py", "a")])
def test_by_what_a_file_is_imported(path: str, module: str) -> None:
    assert module_of(path) == module
