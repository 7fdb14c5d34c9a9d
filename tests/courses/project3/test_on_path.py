"""The course's own scripts, in a process of their own, with only the course's folder on the path."""

import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import handgrad as hg
from handgrad.courses.project3.files import write_data

ON_PATH = Path(hg.__file__).parent / "courses" / "project3" / "on_path"
SCRIPT = Path(__file__).with_name("script.py")


def python(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": str(ON_PATH)}
    return subprocess.run(
        [sys.executable, *arguments], cwd=folder, env=environment, capture_output=True, text=True, check=False
    )


def test_the_course_s_script_runs_and_learns(tmp_path):
    write_data(hg.load_digits().limit(train=500, validation=100, test=200), tmp_path)
    ran = python(str(SCRIPT), folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    lines = ran.stdout.splitlines()
    assert lines[0] == "images (500, 784) (100, 784) (200, 784)"
    assert lines[1] == "torch imported: False"
    assert lines[2] == "halves [0.5 0.5] 0.5"
    epochs = [line.split() for line in lines if line.startswith("epoch ")]
    assert [words[1] for words in epochs] == ["20", "40"]
    losses = [float(words[3]) for words in epochs]
    assert 2.4 > losses[0] > losses[1]
    name, _, accuracy = lines[-3].rpartition(" ")
    assert name == "test accuracy"
    assert float(accuracy) > 0.8
    assert lines[-2:] == ["confusion (10, 10) 200", "template (28, 28)"]


def test_importing_loads_nothing_and_writes_nothing(tmp_path):
    program = (
        "import Project3, sys\n"
        "print(sorted(Project3.__all__))\n"
        "print([name for name in ('scipy', 'sklearn', 'PIL', 'llvmlite', 'torch', 'matplotlib') "
        "if name in sys.modules])\n"
    )
    ran = python("-c", program, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    names, heavy = ran.stdout.splitlines()
    assert names == "['CrossEntropy', 'MLP', 'one_hot', 'sigmoid', 'softmax']"
    assert heavy == "[]"
    assert list(tmp_path.iterdir()) == []


def test_asking_for_the_convnet_without_pytorch_says_how_to_get_it(tmp_path):
    program = (
        "import sys\n"
        "sys.modules['torch'] = None\n"
        "from Project3 import *\n"
        "import Project3\n"
        "print(MLP().W1.shape)\n"
        "try:\n"
        "    Project3.ConvNet\n"
        "except ValueError as error:\n"
        "    print(error)\n"
    )
    ran = python("-c", program, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    shape, message = ran.stdout.splitlines()
    assert shape == "(64, 784)"
    assert message.startswith("Project3.ConvNet: expected PyTorch")
    assert "pip install 'handgrad[peers]'" in message


@pytest.mark.torch
@pytest.mark.skipif(find_spec("torch") is None, reason="PyTorch is not installed")
def test_the_second_part_s_script_trains_with_pytorch(tmp_path):
    write_data(hg.load_digits().limit(train=100, validation=20, test=20), tmp_path)
    program = (
        "import numpy as np, torch\n"
        "import torch.nn as nn, torch.optim as optim\n"
        "from Project3 import ConvNet\n"
        "torch.manual_seed(0)\n"
        "torch.set_num_threads(1)\n"
        "images = torch.Tensor(np.load('./Project3_Data/MNIST_train_images.npy'))\n"
        "labels = torch.from_numpy(np.load('./Project3_Data/MNIST_train_labels.npy'))\n"
        "net = ConvNet()\n"
        "criterion = nn.CrossEntropyLoss()\n"
        "optimizer = optim.SGD(net.parameters(), lr=0.05, momentum=0.9)\n"
        "for step in range(4):\n"
        "    optimizer.zero_grad()\n"
        "    loss = criterion(net(images), labels)\n"
        "    loss.backward()\n"
        "    optimizer.step()\n"
        "    print(loss.item())\n"
    )
    ran = python("-c", program, folder=tmp_path)
    assert ran.returncode == 0, ran.stderr
    losses = [float(line) for line in ran.stdout.splitlines()]
    assert losses[-1] < losses[0]
