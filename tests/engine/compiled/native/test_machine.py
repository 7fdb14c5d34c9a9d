import os
import subprocess
import sys

import pytest

from handgrad.engine.compiled.native.machine import Machine, describe, generic, host
from handgrad.errors import ArgumentError

AVX = {"sse2": True, "avx": True}
AVX2 = AVX | {"avx2": True, "fma": True}
AVX512 = AVX2 | {"avx512f": True, "avx512vl": True}


@pytest.mark.parametrize(
    ("features", "architecture", "lanes", "registers"),
    [
        (AVX512, "x86_64", 16, 32),
        (
            AVX512 | {"avx512vl": False},
            "x86_64",
            8,
            16,
        ),  # Xeon Phi: wide vectors, but not for all that we use
        (AVX512 | {"avx512f": False}, "x86_64", 8, 16),
        (AVX2, "x86_64", 8, 16),
        (AVX, "x86_64", 8, 16),
        (AVX2 | {"avx": False}, "x86_64", 4, 16),
        ({"sse2": True, "sse4.2": True, "avx": False}, "x86_64", 4, 16),
        ({}, "i686", 4, 16),
        ({"neon": True, "fp-armv8": True}, "aarch64", 4, 32),
        ({"neon": True}, "arm64", 4, 32),
        ({}, "riscv64", 4, 16),
    ],
)
def test_lanes_and_registers(features, architecture, lanes, registers):
    found = describe("some-cpu", features, architecture)
    assert (found.cpu, found.lanes, found.registers) == ("some-cpu", lanes, registers)


def test_features_are_written_for_llvm_in_one_order():
    first = describe("cpu", {"fma": True, "avx2": False, "avx": True}, "x86_64")
    second = describe("cpu", {"avx": True, "avx2": False, "fma": True}, "x86_64")
    assert first.features == "+avx,-avx2,+fma"
    assert first == second
    assert first.tag == second.tag


def test_kernels_of_different_machines_have_different_folders():
    found = [describe(cpu, features, "x86_64") for cpu in ("one", "two") for features in (AVX512, AVX2, AVX)]
    found += [generic(), Machine("", "", 8, 16), describe("one", AVX2 | {"f16c": True}, "x86_64")]
    tags = [machine.tag for machine in found]
    assert len(set(tags)) == len(tags)
    assert all(set(tag) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for tag in tags)


@pytest.fixture
def fresh():
    """`host` remembers its answer."""
    host.cache_clear()
    yield
    host.cache_clear()


@pytest.mark.parametrize("wish", ["", "native", None])
def test_the_host_is_the_default(wish, monkeypatch, fresh):
    from llvmlite import binding

    monkeypatch.setenv("HANDGRAD_CPU", wish) if wish is not None else monkeypatch.delenv(
        "HANDGRAD_CPU", False
    )
    machine = host()
    assert machine.cpu == binding.get_host_cpu_name()
    assert machine is host()
    for name, has in binding.get_host_cpu_features().items():
        assert ("+" if has else "-") + name in machine.features.split(",")


def test_the_least_of_all(monkeypatch, fresh):
    monkeypatch.setenv("HANDGRAD_CPU", "generic")
    assert host() == generic() == Machine("", "", 4, 16)


@pytest.mark.parametrize("wish", ["haswell", "Generic", "avx512", " native"])
def test_another_wish(wish, monkeypatch, fresh):
    monkeypatch.setenv("HANDGRAD_CPU", wish)
    with pytest.raises(ArgumentError) as caught:
        host()
    assert str(caught.value) == f"HANDGRAD_CPU: expected native or generic, got {wish!r}."


def test_another_wish_on_the_command_line():
    text = (
        "import numpy as np, handgrad as hg\n"
        "net = hg.Sequential([hg.Linear(4, 2)], seed=0)\n"
        "try: hg.compile(net, hg.CrossEntropyLoss(), hg.SGD(lr=0.1), engine='compiled')\n"
        "except hg.errors.HandgradError as error: print(error)\n"
    )
    environment = os.environ | {"HANDGRAD_CPU": "pentium"}
    done = subprocess.run(
        [sys.executable, "-c", text], capture_output=True, text=True, env=environment, timeout=60
    )
    assert done.stdout.strip() == "HANDGRAD_CPU: expected native or generic, got 'pentium'.", done.stderr
