"""Messages that a submission writes itself, on the channel and on the trace: none gains a mark."""

import time
from pathlib import Path

import numpy as np
import pytest

from handgrad.grading.functions import Checked
from handgrad.grading.remote import Host
from handgrad.grading.sandbox import BoxError, LateError
from tests.grading.submitting import causes, checked, host_for, write

TELLS = """
import os, json, struct, sys, time

def told(values, arrays=(), body=b""):
    text = json.dumps({"values": values, "arrays": list(arrays)}).encode()
    os.write(4, struct.pack(">QQ", len(text), len(body)) + text + body)

def read(size):
    found = b""
    while len(found) < size:
        found += os.read(3, size - len(found)) or sys.exit()
    return found

def always(values):
    while True:
        told(values)
        read(sum(struct.unpack(">QQ", read(16))))
"""


def softmax(folder: Path, forward: str) -> tuple[Checked, Host]:
    """What was found of a softmax that does something beside; the ReLU beside it must keep its marks."""
    write(folder, forward=forward, top=TELLS)
    host = host_for(folder, seconds=2.0)
    found = checked(host, folder)
    assert causes(found["nn_activation_layer"]) == {}
    return found["nn_softmax_layer"], host


@pytest.mark.parametrize("step", ["construct", "import", "nowhere", 7, None, ["forward"]])
def test_an_exception_of_no_step_is_one_of_the_forward_pass(tmp_path: Path, step: object) -> None:
    found, _ = softmax(tmp_path / "s", f"always({{'raised': {{'what': {step!r}, 'sentence': 'so it is'}}}})")
    assert causes(found) == {"forward": "raises"}


def test_what_never_came_out_is_lacking_whatever_is_told_of_it(tmp_path: Path) -> None:
    found, _ = softmax(tmp_path / "s", "always({'raised': {'what': 'backward', 'sentence': 'it stops'}})")
    assert found.piece is not None
    assert found.piece.lacking == ("forward", "dx")


@pytest.mark.parametrize("step", ["import", "backward", "nowhere"])
def test_a_loop_that_names_another_step_gains_nothing_and_ends(tmp_path: Path, step: str) -> None:
    start = time.monotonic()
    found, _ = softmax(tmp_path / "s", f"os.write(5, b'begins: {step}\\n'); time.sleep(99)")
    assert causes(found) == {"forward": "endless-loop"}
    assert time.monotonic() - start < 10


@pytest.mark.parametrize(
    "values",
    [
        "{'own_shapes': [5, ['x'], [1.5], {}]}",
        "{'changed': 3, 'raised': 4}",
        "{'changed': {'x': ['forward'], 'nothing': 'forward'}}",
        "{'numpy': 5, 'printed': 10 ** 400}",
        "{'numpy': [[], 7, 'a' * 100_000], 'printed': -5}",
        "{'raised': {'what': 'forward', 'sentence': [[]], 'line': 1, 'file': '\\0'}}",
        "{'raised': {'what': 'forward', 'sentence': 's', 'line': -1, 'file': 'a' * 5000}}",
        "{'raised': {'what': 'forward', 'sentence': 's', 'line': 10 ** 50, 'file': '**'}}",
    ],
)
def test_values_of_any_kind_are_judged(tmp_path: Path, values: str) -> None:
    found, host = softmax(tmp_path / "s", f"told({values}); os._exit(0)")
    assert "forward" in causes(found)
    assert all(len(event) < 500 for event in host.events)


@pytest.mark.parametrize(
    "array",
    [
        "['forward', '<f8', [0, 10 ** 18, 10 ** 18], False]",
        "['forward', '<f8', [1] * 99, False]",
        "['forward', '<f8', {}, False]",
        "[['forward'], '<f8', [1], False]",
        "['forward', ['<f8'], [1], False]",
    ],
)
def test_an_array_that_cannot_be_is_no_answer(tmp_path: Path, array: str) -> None:
    body = b"" if "10 **" in array else b"12345678"
    found, host = softmax(tmp_path / "s", f"told({{}}, [{array}], {body!r}); os._exit(0)")
    assert causes(found)["forward"] == "process-ended"
    assert "no answer" in host.events[0]


def test_names_that_are_none_are_no_names(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", top=TELLS + "told({'names': 5})\nos._exit(0)\n")
    found = checked(host_for(folder), folder)
    assert found["nn_softmax_layer"].why == "nn_layers.py has no nn_softmax_layer"


def test_a_process_that_reads_nothing_more_keeps_nobody_waiting(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", top=TELLS + "told({'names': []})\ntime.sleep(999)\n")
    host = host_for(folder)
    start = time.monotonic()
    try:
        host.ask({"do": "import", "module": "nn_layers"})
        with pytest.raises(LateError):
            host.ask({"do": "step"}, {"x": np.zeros(1 << 20)}, 1.0)
    finally:
        host.close()
    assert time.monotonic() - start < 10


def test_an_answer_that_is_too_large_is_not_taken(tmp_path: Path) -> None:
    found, host = softmax(tmp_path / "s", "return np.zeros((1 << 21, 1))")
    assert causes(found)["forward"] == "process-ended"
    assert "no answer (" in host.events[0]
    assert " bytes)" in host.events[0]


def test_closed_ends_are_seen_at_once(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", top="\nimport os, time\nos.closerange(3, 6)\ntime.sleep(99)\n")
    host = host_for(folder, seconds=20.0)
    start = time.monotonic()
    with pytest.raises(BoxError, match="closed the channel"):
        host.ask({"do": "import", "module": "nn_layers"})
    assert time.monotonic() - start < 8
