"""Hostile and clumsy submissions: each gets what it earned, and a line that says what happened."""

import time
from pathlib import Path

import pytest

from handgrad.grading.sandbox import Limits
from tests.grading.submitting import causes, checked, host_for, needs_namespaces, write

pytestmark = needs_namespaces


def graded(folder: Path, limits: Limits | None = None) -> tuple[dict[str, str], str]:
    """What is wrong with the softmax, and the events; the ReLU beside it must keep its marks."""
    host = host_for(folder, limits=limits)
    found = checked(host, folder)
    assert causes(found["nn_activation_layer"]) == {}
    return causes(found["nn_softmax_layer"]), " ".join(host.events)


def test_a_right_one_has_nothing_wrong(tmp_path: Path) -> None:
    assert graded(write(tmp_path / "s")) == ({}, "")


def test_a_loop_without_end_is_told_with_its_line(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", backward="while True: pass")
    host = host_for(folder)
    start = time.monotonic()
    found = checked(host, folder)["nn_softmax_layer"]
    assert causes(found) == {"backward": "endless-loop"}  # forward keeps its marks
    assert found.piece is not None
    assert (found.piece.findings[0].line, found.piece.findings[0].text) == (16, "while True: pass")
    assert time.monotonic() - start < 20
    assert "did not come back within 3 seconds" in host.events[0]


def test_calls_just_below_their_limit_do_not_add_up_without_end(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", forward="import time; time.sleep(0.6)")
    host = host_for(folder, together=2.0)
    start = time.monotonic()
    found = checked(host, folder)
    assert causes(found["nn_activation_layer"]) == {}
    assert causes(found["nn_softmax_layer"])["forward"] == "endless-loop"
    assert "its calls took 2 seconds together; each of the others had 0.5 seconds" in host.events
    assert time.monotonic() - start < 20


def test_a_loop_in_the_forward_pass_costs_both_passes(tmp_path: Path) -> None:
    wrong, _ = graded(write(tmp_path / "s", forward="while True: pass"))
    assert wrong["forward"] == "endless-loop"


def test_a_fork_bomb_comes_to_an_end(tmp_path: Path) -> None:
    bomb = "import os\n        while True:\n            os.fork()"
    wrong, events = graded(write(tmp_path / "s", forward=bomb))
    assert wrong
    assert "nn_softmax_layer" in events or wrong["forward"] == "raises"
    folder = write(tmp_path / "next")
    assert graded(folder) == ({}, "")  # the machine can go on


def test_a_child_left_behind_is_ended(tmp_path: Path) -> None:
    mark = f"{time.time_ns()}"
    stay = f"import os, time\n        if os.fork() == 0:\n            time.sleep(300 + 0 * {mark})"
    graded(write(tmp_path / "s", forward=stay))
    left = [path for path in Path("/proc").glob("[0-9]*/cmdline") if b"grader.grading.child" in content(path)]
    assert left == []


def content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        return b""


def test_a_hundred_gigabytes_are_not_had(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", forward="np.ones(100 << 27).sum()")
    host = host_for(folder)
    piece = checked(host, folder)["nn_softmax_layer"].piece
    assert piece is not None
    assert "MemoryError" in piece.findings[0].evidence


def test_a_gigabyte_is_printed_and_the_marks_stay(tmp_path: Path) -> None:
    top = "\nimport os\ntext = b'x' * (1 << 20)\nfor _ in range(1024):\n    os.write(1, text)\n"
    folder = write(tmp_path / "s", top=top)
    host = host_for(folder, seconds=20.0)
    assert causes(checked(host, folder)["nn_softmax_layer"]) == {}
    assert host.printed >= 1 << 30


def test_printing_in_every_pass_is_counted_not_kept(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", forward="print('y' * 1_000_000)")
    host = host_for(folder)
    assert causes(checked(host, folder)["nn_softmax_layer"]) == {}
    assert host.printed > 1_000_000


@pytest.mark.parametrize("signal", [9, 15, 19])
def test_killing_the_parent_does_not_stop_the_grading(tmp_path: Path, signal: int) -> None:
    kill = f"import os\n        os.kill(os.getppid(), {signal})"
    wrong, _ = graded(write(tmp_path / "s", forward=kill))
    assert set(wrong.values()) <= {"raises", "process-ended", "endless-loop"}


def test_killing_everything_does_not_stop_the_grading(tmp_path: Path) -> None:
    wrong, _ = graded(write(tmp_path / "s", forward="import os\n        os.kill(-1, 9)"))
    assert wrong["forward"] in ("process-ended", "raises")  # nobody is there to be killed


def test_exchanged_parts_of_numpy_change_no_verdict(tmp_path: Path) -> None:
    folder = write(
        tmp_path / "s",
        forward="return x * 0 + 7",
        top="\nnp.allclose = np.array_equal = np.isclose = lambda *a, **k: True\nnp.abs = lambda x: 0 * x\n",
    )
    wrong, events = graded(folder)
    assert "forward" in wrong
    assert "it exchanged parts of NumPy: " in events
    assert "allclose" in events


def test_no_answer_stands_in_the_call_stack(tmp_path: Path) -> None:
    top = """
import gc, sys

def stolen(x):
    frame = sys._getframe(1)
    while frame is not None:
        for name, value in frame.f_locals.items():
            if "expect" in name or "right" in name or "answer" in name and isinstance(value, np.ndarray):
                return value
        frame = frame.f_back
    want = np.exp(x - x.max(axis=1, keepdims=True))
    want = want / want.sum(axis=1, keepdims=True)
    for thing in gc.get_objects():
        if isinstance(thing, np.ndarray) and thing.shape == x.shape and thing is not want:
            if np.allclose(thing, want):
                return thing
    for name, module in list(sys.modules.items()):
        if "ops" in name.split(".") or name.startswith("handgrad"):
            return module.softmax_forward(x)[0]
    raise LookupError("no answer is to be found")
"""
    wrong, _ = graded(write(tmp_path / "s", forward="return stolen(x)", top=top))
    assert wrong["forward"] == "raises"


@pytest.mark.parametrize("way", ["import os\n        os._exit(0)", "raise SystemExit(0)"])
def test_a_success_claimed_early_is_none(tmp_path: Path, way: str) -> None:
    wrong, events = graded(write(tmp_path / "s", forward=way))
    assert wrong["forward"] in ("process-ended", "raises")
    if "_exit" in way:
        assert "the code ended the whole process, with exit code 0" in events


def test_a_process_that_ends_on_the_way_back_leaves_the_forward_pass_its_marks(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", backward="import os; os._exit(0)")
    host = host_for(folder)
    found = checked(host, folder)
    assert causes(found["nn_softmax_layer"]) == {"backward": "process-ended"}


def test_a_forged_answer_is_only_an_answer(tmp_path: Path) -> None:
    forge = (
        "import os, json, struct\n"
        "        text = json.dumps({'values': {'ok': True, 'points': 20}, 'arrays': []}).encode()\n"
        "        os.write(4, struct.pack('>QQ', len(text), 0) + text)\n"
        "        os._exit(0)"
    )
    wrong, _ = graded(write(tmp_path / "s", forward=forge))
    assert "forward" in wrong


@pytest.mark.parametrize(
    "rubbish",
    ["b'rubbish' * 100", "struct.pack('>QQ', 1 << 60, 1 << 60)", "struct.pack('>QQ', 5, 0) + b'[[[[['"],
)
def test_rubbish_on_the_channel_is_told(tmp_path: Path, rubbish: str) -> None:
    forge = f"import os, struct\n        os.write(4, {rubbish})\n        os._exit(0)"
    wrong, events = graded(write(tmp_path / "s", forward=forge))
    assert wrong["forward"] == "process-ended"
    assert "no answer" in events


def test_an_answer_of_objects_is_no_answer(tmp_path: Path) -> None:
    wrong, _ = graded(write(tmp_path / "s", forward="return np.array([[print, open]])"))
    assert wrong["forward"] == "raises"


def test_handgrad_is_not_to_be_had(tmp_path: Path) -> None:
    for way in (
        "import handgrad",
        "import handgrad.ops",
        "import importlib; importlib.import_module('handgrad')",
    ):
        wrong, _ = graded(write(tmp_path / "s", forward=f"{way}; return x"))
        assert wrong["forward"] == "raises"


def test_no_file_of_the_grader_is_to_be_seen(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("the answers", encoding="utf-8")
    top = f"""
import os
seen = [name for name in ({str(secret)!r}, {__file__!r}, "/etc/passwd", "/etc/shadow", "/proc/1/environ")
        if os.path.exists(name)]
found = [folder for folder, _, files in os.walk("/") if folder.endswith("handgrad") and files]
if seen or found or "SECRET" in os.environ:
    raise OSError(f"seen: {{seen + found}}")
"""
    assert graded(write(tmp_path / "s", top=top)) == ({}, "")


def test_no_network_is_to_be_had(tmp_path: Path) -> None:
    top = """
import socket
try:
    socket.create_connection(("127.0.0.1", 9), timeout=1)
except OSError as error:
    if error.errno != 101:  # unreachable: a network without any way out, not even to this machine
        raise ValueError(error.errno)
"""
    assert graded(write(tmp_path / "s", top=top)) == ({}, "")


def test_its_files_are_its_own_and_few(tmp_path: Path) -> None:
    top = """
import os
if os.listdir("."):
    raise OSError("the working folder is not empty")
try:
    with open("large", "wb") as file:
        for _ in range(1000):
            file.write(b"x" * (1 << 20))
except OSError:
    large = "refused"
"""
    host = host_for(write(tmp_path / "s", top=top), seconds=20.0)
    try:
        names, stop = host.names("nn_layers")
    finally:
        host.close()
    assert stop is None
    assert "large" in names


def test_its_processor_time_is_limited(tmp_path: Path) -> None:
    folder = write(tmp_path / "s", forward="while True: pass")
    host = host_for(folder, seconds=20.0, limits=Limits(cpu=2.0))
    found = checked(host, folder)
    assert causes(found["nn_softmax_layer"])["forward"] == "process-ended"
    assert any("its processor time was used up" in event for event in host.events)


def test_a_module_that_does_not_come_back_is_told(tmp_path: Path) -> None:
    host = host_for(write(tmp_path / "s", top="\nwhile True:\n    pass\n"), seconds=1.0)
    found = checked(host, tmp_path / "s")
    assert "did not come back" in found["nn_softmax_layer"].why


@pytest.mark.parametrize(
    "answer",
    [
        "np.zeros((0, 0, 0))",
        "np.zeros(())",
        "np.full((3, 3, 3, 3, 3), np.nan)",
        "np.array([True])",
        "[[1], [2, 3]]",
        "None",
        "'text'",
        "{'a': x}",
        "{1: x, 2: None}",
        "x.astype(np.complex128)",
        "np.int8(3)",
        "(x, x)",
        "lambda: 0",
        "np.ma.masked_array(x, x > 0)",
    ],
)
def test_an_answer_of_any_kind_is_judged(tmp_path: Path, answer: str) -> None:
    folder = write(tmp_path / "s", forward=f"return {answer}", backward=f"return {answer}")
    host = host_for(folder)
    found = checked(host, folder)
    assert causes(found["nn_activation_layer"]) == {}
    assert causes(found["nn_softmax_layer"])
