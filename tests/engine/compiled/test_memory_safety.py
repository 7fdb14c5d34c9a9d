"""No kernel reads or writes outside its arrays: beside a guard page, the system would kill it.

Whole training steps and predictions, of batches of 1 to 17 images, run in a process of their own with
parameters, optimizer slots, images, activations, gradients and programs' tables beside guard pages: see
`guarded_runs`.
"""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.engine.compiled.native_runs import WIDTHS

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="guard pages are made with Linux's mprotect")

MACHINES = [name for name in WIDTHS if name != "one lane"]
TOUCH = """
import ctypes, sys
from tests.engine.compiled.guard_pages import Guards
side, how, place = sys.argv[1:]
array = Guards(side).zeros((3, 5))
number = ctypes.c_float.from_address(array.ctypes.data + int(place) * 4)
if how == "read":
    number.value
else:
    number.value = 1.0
print("alive")
"""


ROOT = str(Path(__file__).parents[3])


def begin(*arguments, kernels=None, text=None):
    """Start a process."""
    program = ["-c", text] if text else ["-m", "tests.engine.compiled.guarded_runs"]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    if kernels:
        environment["HANDGRAD_KERNELS"] = str(kernels)
    command = [sys.executable, *program, *arguments]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, env=environment, cwd=ROOT, **pipes)


def end(process):
    """(exit status, output, errors)"""
    output, errors = process.communicate(timeout=120)
    return process.returncode, output, errors


@pytest.mark.parametrize("how", ["read", "write"])
@pytest.mark.parametrize(("side", "inside", "outside"), [("end", (0, 14), 15), ("start", (0, 14), -1)])
def test_a_guard_is_where_it_should_be(side, inside, outside, how):
    for place in inside:
        assert end(begin(side, how, str(place), text=TOUCH))[:2] == (0, "alive\n")
    assert end(begin(side, how, str(outside), text=TOUCH))[0] == -signal.SIGSEGV


@pytest.fixture(scope="module")
def processes():
    """One for each machine, at the same time."""
    running = {machine: begin(machine, "nowhere,end,start") for machine in MACHINES}
    yield running
    for process in running.values():
        process.kill()
        process.communicate()


@pytest.mark.parametrize("machine", MACHINES)
def test_no_kernel_leaves_its_arrays(machine, processes):
    status, output, errors = end(processes[machine])
    assert status == 0, f"exit status {status} (below 0: killed by a signal) after: {output}{errors}"
    nowhere, *guarded = (line.split() for line in output.splitlines())
    assert int(nowhere[1]) > 1000
    assert [line[0] for line in guarded] == ["end", "start"]
    assert all(
        line[1:] == nowhere[1:] for line in guarded
    )  # the same numbers to the bit, so nothing outside was used either


@pytest.mark.parametrize(
    ("wrong", "side"),
    [
        ("reads past the end", "end"),
        ("writes past the end", "end"),
        ("reads before the start", "start"),
        ("forgets the edges of maps", "start"),
    ],
)
def test_a_wrong_kernel_is_caught(wrong, side, tmp_path):
    """In a folder of its own: nobody else shall find it."""
    status, output, errors = end(begin("host", side, wrong, kernels=tmp_path))
    assert status == -signal.SIGSEGV, output + errors
