import json
import os
import re
import shutil
import subprocess
import sys
import threading

import numpy as np
import pytest

from handgrad.engine.compiled.native import library as library_module
from handgrad.engine.compiled.native.emitter import I64, Kernel
from handgrad.engine.compiled.native.library import Library, kernel_name, library
from handgrad.engine.compiled.native.machine import generic, host
from tests.engine.compiled.native_runs import call

PATIENCE = 120  # seconds, before a test is given up


def constant(machine, name, *, number, times=1):
    k = Kernel(name, machine, "out")
    k.store_one(I64(number * times), k.pointer("out", I64))
    return k


def value_of(kernels, **parameters):
    out = np.zeros(1, np.int64)
    call(kernels, constant, out, **parameters)
    return int(out[0])


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setenv("HANDGRAD_KERNELS", str(tmp_path))
    return tmp_path


# in one process


def test_a_kernel_is_compiled_once(folder):
    kernels = Library(host())
    assert (value_of(kernels, number=3), value_of(kernels, number=4)) == (3, 4)
    assert list(kernels.compiled) == ["constant-number_3", "constant-number_4"]
    assert all(seconds > 0 for seconds in kernels.compiled.values())
    assert kernels.address(constant, number=3) == kernels.address(constant, number=3)
    assert kernels.address(constant, number=3) != kernels.address(constant, number=4)
    assert len(kernels.compiled) == 2
    again = Library(host())
    assert value_of(again, number=3) == 3
    assert again.compiled == {}


def test_each_machine_has_one_library(folder):
    assert library(host()) is library(host())
    assert library(host()) is not library(generic()) or host() == generic()


def test_two_threads_that_want_the_same_kernel_get_the_same(folder):
    kernels, together, found = Library(host()), threading.Barrier(4), []

    def work():
        together.wait(PATIENCE)
        found.append([kernels.address(constant, number=number) for number in range(5)])

    workers = [threading.Thread(target=work) for _ in range(4)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(PATIENCE)
    assert len(found) == 4
    assert found.count(found[0]) == 4
    assert len(kernels.compiled) == 5


def damage(path, how):
    content = path.read_bytes()
    changed = {
        "empty": b"",
        "truncated": content[: len(content) // 2],
        "bit-flipped": content[:200] + bytes([content[200] ^ 4]) + content[201:],
        "text": b"not a kernel\n" * 100,
    }
    path.write_bytes(changed[how])
    return content


@pytest.mark.parametrize("how", ["empty", "truncated", "bit-flipped", "text"])
def test_a_damaged_file_is_made_again(how, folder):
    first = Library(host())
    assert value_of(first, number=7) == 7
    (path,) = first.store.folder.iterdir()
    content = damage(path, how)
    second = Library(host())
    assert value_of(second, number=7) == 7
    assert list(second.compiled) == ["constant-number_7"]
    assert path.read_bytes() == content
    third = Library(host())
    assert value_of(third, number=7) == 7
    assert third.compiled == {}


def test_the_folder_is_deleted_while_a_process_works(folder):
    kernels = Library(host())
    assert value_of(kernels, number=1) == 1
    shutil.rmtree(folder)
    assert (value_of(kernels, number=1), value_of(kernels, number=2)) == (1, 2)
    assert [path.name for path in kernels.store.folder.iterdir()] == ["constant-number_2.o"]


def test_without_a_folder_every_process_compiles(tmp_path, monkeypatch):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("HANDGRAD_KERNELS", str(tmp_path / "file"))
    for _ in range(2):
        kernels = Library(host())
        assert value_of(kernels, number=5) == 5
        assert len(kernels.compiled) == 1


# names


def test_names_have_letters_that_files_and_symbols_may_have():
    parameters = {
        "shape": (1, (2, None)),
        "relu": True,
        "kind": "max pool/é\\:'",
        "flags": (),
        "numbers": ("a", "b"),
    }
    name = kernel_name(constant, parameters)
    assert re.fullmatch(r"[A-Za-z0-9_.-]+", name)
    assert name.startswith("constant")
    assert kernel_name(constant, {}) == "constant"


def test_different_parameters_have_different_names():
    values = [
        {"a": 1, "b": 23},
        {"a": 12, "b": 3},
        {"a": True},
        {"a": 1},
        {"a": (1, 2)},
        {"a": 12},
        {"a": ("x",)},
        {"a": ()},
    ]
    names = {kernel_name(constant, value) for value in values}
    assert len(names) == len(values)


def test_a_kernel_that_is_no_valid_code_is_told_so_not_run(folder, monkeypatch):
    kernels = Library(host())
    monkeypatch.setattr(library_module.Kernel, "finish", lambda self: "define void @x( {")
    with pytest.raises(RuntimeError, match="LLVM"):
        kernels.address(constant, number=1)
    assert not kernels.compiled
    assert not list(folder.rglob("*.o"))


# in several processes

TRAIN = """
import json, sys
import numpy as np
import handgrad as hg

def run(width, images):
    layers = [hg.Conv2d(1, width, 3, padding=1), hg.ReLU(), hg.MaxPool2d(2), hg.Flatten(), hg.Linear(None, 5)]
    network = hg.Sequential(layers, seed=0, input_shape=(1, 6, 6))
    engine = hg.compile(network, hg.CrossEntropyLoss(), hg.Adam(lr=0.01), engine="compiled", threads=2)
    rng = np.random.default_rng(0)
    x, targets = rng.standard_normal((images, 1, 6, 6), dtype=np.float32), rng.integers(0, 5, images)
    engine.train_step(x, targets)
    scores = engine.predict(x)
    return engine._library.compiled, scores

if len(sys.argv) > 1:
    print("ready", flush=True)
    sys.stdin.readline()
compiled, scores = run(3, 20)
first = sorted(compiled)
run(3, 7), run(3, 33)
after_batches = sorted(compiled)
run(4, 20)
print(json.dumps([first, after_batches, sorted(compiled), scores.tobytes().hex()]))
"""


def environment(folder):
    return os.environ | {"HANDGRAD_KERNELS": str(folder), "OPENBLAS_NUM_THREADS": "1"}


def train(folder):
    command = [sys.executable, "-c", TRAIN]
    done = subprocess.run(command, capture_output=True, text=True, env=environment(folder), timeout=PATIENCE)
    assert (done.returncode, done.stderr) == (0, "")
    return json.loads(done.stdout)


def test_a_second_process_compiles_nothing(tmp_path):
    first, after_batches, after_network, scores = train(tmp_path)
    assert len(first) > 10
    assert after_batches == first  # other batch sizes need nothing new
    assert set(first) < set(after_network)
    new = set(after_network) - set(first)
    assert all("C_1_O_4" in name or "rows_36" in name or "_36" in name for name in new), (
        new
    )  # what was there is used
    assert train(tmp_path) == [[], [], [], scores]
    files = sorted(tmp_path.rglob("*.*"))
    assert sorted(path.stem for path in files) == sorted(after_network)
    damage(files[0], "bit-flipped")
    assert train(tmp_path) == [
        *[sorted(set(names) & {files[0].stem}) for names in (first, first, after_network)],
        scores,
    ]


def test_two_processes_begin_at_once(tmp_path):
    command = [sys.executable, "-c", TRAIN, "together"]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    processes = [subprocess.Popen(command, env=environment(tmp_path), **pipes) for _ in range(2)]
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    found = [process.communicate(timeout=PATIENCE) for process in processes]
    assert [error for _, error in found] == ["", ""]
    (*compiled, scores), (*other, other_scores) = (json.loads(output) for output, _ in found)
    assert scores == other_scores
    files = sorted(path.name for path in tmp_path.rglob("*") if path.is_file())
    assert files == sorted(f"{name}.o" for name in {*compiled[2], *other[2]})  # all, and no part file
    assert train(tmp_path) == [[], [], [], scores]


def test_a_folder_in_the_users_cache_is_used_where_none_is_named(tmp_path):
    without = {name: value for name, value in os.environ.items() if name != "HANDGRAD_KERNELS"}
    text = (
        "from handgrad.engine.compiled.native.library import library\n"
        "from handgrad.engine.compiled.native.machine import host\n"
        "from handgrad.engine.compiled.kernels.gradients import collect\n"
        "library(host()).address(collect)\n"
    )
    homes = {"XDG_CACHE_HOME": str(tmp_path), "LOCALAPPDATA": str(tmp_path)}
    subprocess.run([sys.executable, "-c", text], check=True, env=without | homes, timeout=PATIENCE)
    (path,) = [path for path in tmp_path.rglob("*") if path.is_file()]
    assert path.relative_to(tmp_path).parts[:2] == ("handgrad", "kernels")
    assert path.name == "collect.o"
