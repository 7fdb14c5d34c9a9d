"""Scripts of which only the definitions are run; the rest of the guard is tried in test_hostile."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from handgrad.grading.child import guard

SCRIPT = '''
"""A script as courses hand them out."""
import numpy as np
from math import (
    tau)
try:
    import torch
except ImportError:
    torch = None
RATE: float = 0.1
SIZES = [28, 28]
weights = np.zeros((3, 3))

images = np.load("MNIST_train_images.npy")
net = Network()
print("training")
for epoch in range(100):
    net.train()
while True:
    pass

def double(x):
    return 2 * x

class Network:
    rate = double(0.05)

if __name__ == "__main__":
    raise SystemExit
try:
    train()
except NameError:
    pass
if torch is not None:
    class ConvNet:
        pass
else:
    ConvNet = None
if torch is None:
    train()
if available():
    import torch
'''


def test_what_a_script_defines_is_told_from_what_it_does() -> None:
    kept = [type(node).__name__ for node in ast.parse(SCRIPT).body if guard.is_definition(node)]
    assert kept == [
        "Expr", "Import", "ImportFrom", "Try", "AnnAssign", "Assign", "Assign", "FunctionDef", "ClassDef",
        "If",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("line", "kept"),
    [
        ("if sys.version_info[0] < 3:\n    pass\nelse:\n    xrange = range", True),
        ("rng = np.random.default_rng(0)", True),
        ("EPS = np.finfo(float).eps", True),
        ("ROOT = np.sqrt(2 * np.log(3))", True),
        ("net = train(np.zeros(3))", False),
        ("if True:\n    train()", False),
        ("if __name__ == '__main__':\n    x = 1", False),
        ("x = np.load('images.npy')", False),
    ],
)
def test_what_functions_need_is_kept(line: str, kept: bool) -> None:
    assert guard.is_definition(ast.parse(line).body[0]) is kept


@pytest.mark.parametrize(("scripts", "ends"), [(["script"], True), ([], False)])
def test_a_script_is_not_run(tmp_path: Path, scripts: list[str], ends: bool) -> None:
    (tmp_path / "script.py").write_text(SCRIPT, encoding="utf-8")
    code = f"""
from handgrad.grading.child import guard
guard.install([{str(tmp_path)!r}, "/nowhere"], [], [], {scripts!r})
import script
print(script.double(4), script.Network.rate, script.__file__, script.double.__code__.co_firstlineno)
"""
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    if ends:
        assert found.stdout.split() == ["8", "0.1", str(tmp_path / "script.py"), "22"]
    else:
        assert found.returncode != 0
        assert "FileNotFoundError" in found.stderr
