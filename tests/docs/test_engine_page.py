"""docs/engine.md, and the two decisions behind it: what can be held against the code, is.

Files, tests, environment variables, commands, classes, functions and constants that the page names exist;
tiles, loads, CPUs and programs that it describes are those of the code; what it says of measurements stands
in its tables, of which test_engine_tables.py takes care.
"""

import ast
import doctest
import importlib
import re
import shlex
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import handgrad as hg
from benchmarks import kernels
from handgrad.cli.app import app
from handgrad.engine.compiled.kernels.convolution import Convolution, convolution_forward, scratch_rows
from handgrad.engine.compiled.kernels.convolution_dw import dw_tiles
from handgrad.engine.compiled.kernels.convolution_dx import dx_shape
from handgrad.engine.compiled.kernels.geometry import parts
from handgrad.engine.compiled.kernels.linear import BLOCKS, rows_for
from handgrad.engine.compiled.native import store
from handgrad.engine.compiled.native.machine import Machine, describe
from handgrad.engine.compiled.plan.convolution import ConvolutionNode
from handgrad.engine.compiled.plan.network import nodes_of
from handgrad.ops import im2col
from handgrad.recipes import build_network, find_recipe
from tests.docs.engine_page import FENCE, PAGE, PAGES, ROOT, prose, rows, spans

ENGINE = ROOT / "src/handgrad/engine/compiled"
WIDE = Machine("", "", lanes=16, registers=32)


@cache
def code() -> str:
    return "\n".join(path.read_text(encoding="utf-8") for path in sorted((ROOT / "src").rglob("*.py")))


@cache
def defined() -> dict[str, set[str]]:
    """Classes, functions, methods, attributes and constants of the library, by kind."""
    found: dict[str, set[str]] = {"class": set(), "def": set(), "name": set()}
    for path in sorted((ROOT / "src").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ClassDef):
                found["class"].add(node.name)
            elif isinstance(node, ast.FunctionDef):
                found["def"].add(node.name)
            elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                found["name"].add(node.id)
    return found


def constants() -> list[tuple[str, int]]:
    return [(name, int(value)) for name, value in re.findall(r"`([A-Z_]+)` = (\d+)", prose(PAGE))]


def test_the_page_names_what_this_file_looks_for() -> None:
    """Patterns that found nothing would let everything pass."""
    assert len(PAGES) == 3
    assert len(files(PAGE)) > 30
    assert len(constants()) >= 6
    assert len([span for span in spans(PAGE) if span.isidentifier()]) > 30


def files(page: str) -> list[str]:
    """Files and folders that are named."""
    return [span for span in spans(page) if re.fullmatch(r"[\w./-]+(\.py|\.md|/)", span) and span != "~/"]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_file_exists(path: Path) -> None:
    places = [ROOT, ENGINE, ROOT / "tests/engine/compiled", ROOT / "tests/engine/compiled/native"]
    for name in files(path.read_text(encoding="utf-8")):
        assert any((place / name).exists() for place in places), name


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_every_name_is_one_of_the_code(path: Path) -> None:
    known, elsewhere = defined(), {"prange"}
    for span in spans(path.read_text(encoding="utf-8")):
        name = span.removesuffix("()").split(".")[-1]
        if not name.isidentifier() or span.startswith(("llvm.", "HANDGRAD_")) or span in elsewhere:
            continue
        if name.isupper():
            assert name in known["name"] or f'"{name}"' in code(), span
        elif name[0].isupper():
            assert name in known["class"], span
        else:
            assert name in known["def"] or re.search(rf"\b{name}\b", code()), span


def test_every_environment_variable_is_read() -> None:
    named = set(re.findall(r"\b(?:HANDGRAD|XDG)_[A-Z_]+|LOCALAPPDATA", PAGE))
    assert {"HANDGRAD_CPU", "HANDGRAD_KERNELS", "HANDGRAD_THREADS"} <= named
    for variable in named:
        assert f'"{variable}"' in code(), variable


def test_every_command_exists(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    commands = [
        shlex.split(line) for kind, text in FENCE.findall(PAGE) if kind == "sh" for line in text.splitlines()
    ]
    assert {command[0] for command in commands} == {"python", "rm"}
    for command in commands:
        if command[0] == "python":
            assert command[1] == "benchmarks/kernels.py"
            find_recipe(kernels.options().parse_args(command[2:]).recipe)
    for variable in ("HANDGRAD_KERNELS", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(variable, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert ["rm", "-r", str(store.root()).replace(str(tmp_path), "~")] in commands
    for name in re.findall(r"`handgrad (\w+)", PAGE):
        assert name in app, name


def test_constants_have_the_values_that_the_page_gives() -> None:
    modules = [
        importlib.import_module(".".join(path.relative_to(ROOT / "src").with_suffix("").parts))
        for path in sorted(ENGINE.rglob("*.py"))
        if path.name != "__init__.py"
    ]
    for name, value in constants():
        assert {vars(module)[name] for module in modules if name in vars(module)} == {value}, name


@cache
def lenet() -> list[Any]:
    return nodes_of(build_network(find_recipe("lenet")), (1, 28, 28))


def shape_of(layer: str) -> tuple[Convolution, bool]:
    """A convolution of LeNet's, and whether it is the first layer."""
    for node in lenet():
        if isinstance(node, ConvolutionNode) and repr(node.layer) == layer:
            return node.shape, node is lenet()[0]
    raise AssertionError(layer)


def test_tiles_are_those_that_the_code_chooses() -> None:
    table = rows(PAGE, "| convolution")
    assert len(table) == 4
    for layer, registers, forward, dx, dw in table:
        shape, is_first = shape_of(layer.strip("`"))
        found = [shape.forward_shape(int(registers)), dx_shape(shape, int(registers))]
        assert forward == f"{found[0].rows} × {found[0].columns}"
        assert dx == ("not needed" if is_first else f"{found[1].rows} × {found[1].columns}")
        assert dw == f"{dw_tiles(shape, int(registers)).large} × {shape.windows.KW}"


def test_the_worked_example_is_what_the_kernel_does() -> None:
    shape, _ = shape_of("Conv2d(20, 50, 5)")
    text = convolution_forward(WIDE, "example", shape=shape, keeps=True).finish()
    (step,) = [block for block in re.split(r"^\S+:.*$", text, flags=re.MULTILINE) if "= call" in block]
    tile = shape.forward_shape(WIDE.registers)
    sums = tile.rows * tile.columns
    vectors, weights = (
        len(re.findall(rf"= load {kind},.*align 4", step)) for kind in ("<16 x float>", "float")
    )
    products = len(re.findall(r"= call .*fmuladd", step))
    table = {what: int(number) for what, number, _ in rows(PAGE, "| | how many")}
    expected = [sums, vectors, weights, products]
    assert table == dict(
        zip(["sums", "vectors loaded", "weights loaded", "multiply-adds"], expected, strict=True)
    )
    small, (KH, KW) = shape.forward_shape(16), (shape.windows.KH, shape.windows.KW)
    fewer, made = small.columns + KW - 1 + small.rows * KW, small.rows * small.columns * KW
    loads, held = vectors + weights, sums + vectors + 1
    for sentence in (
        f"{loads} loads for {products} multiply-adds: {loads / products:g} of a load",
        f"repeated {shape.C} × {KH} times",
        f"once in {products * shape.C * KH:,} multiply-adds",
        f"{sums} sums, {vectors} vectors and 1 weight make {held}",
        f"A third channel would make it {held + tile.columns}",
        f"{small.rows} × {small.columns}, with {fewer} loads for {made} multiply-adds",
    ):
        assert sentence in prose(PAGE)


def test_other_sizes_are_those_of_the_code() -> None:
    first, second = shape_of("Conv2d(1, 20, 5)")[0], shape_of("Conv2d(20, 50, 5)")[0]
    text, win = prose(PAGE), second.windows
    pixels = second.C * second.pixels_in
    columns = im2col(np.zeros((1, second.C, win.H, win.W)), (win.KH, win.KW)).size
    assert f"{columns:,} numbers from the {pixels:,} of an image" in text
    scratch = first.forward_shape(32).rows * scratch_rows(first) * first.windows.OW * 16 * 4
    assert f"{scratch // 1024} KiB of scratch memory" in text
    assert scratch % 1024 == 0
    wide = first.forward_shape(32).columns
    assert f'"{wide} columns" means three parts of 8 in a row of 24' in text
    assert parts(first.windows.OW, wide) == [8, 8, 8]
    pairs = [(q, e) for q in range(win.W) for e in range(win.KW)]
    beyond = [(q, e) for q, e in pairs if not 0 <= q - e < win.OW]
    assert f"From rows of {win.OW} to rows of {win.W}, a third" in text
    assert 3 * len(beyond) == len(pairs)
    size = dw_tiles(second, 32).large
    assert f"{size} channels × {win.KW} columns, stay in {size * win.KW} registers" in text
    largest = [cells[3] for cells in rows(PAGE, "| | vectors")]
    assert {cell.rsplit(" ", 1)[0] for cell in largest} == {f"{rows_for(BLOCKS, 32)} rows × {BLOCKS}"}


def test_the_cpus_are_those_that_the_code_knows() -> None:
    avx = {"avx": True, "avx2": True, "fma": True}
    machines = {
        "AVX-512 (F and VL)": describe("", {**avx, "avx512f": True, "avx512vl": True}, "x86_64"),
        "AVX2, AVX": describe("", {"avx": True}, "x86_64"),
        "64-bit ARM (NEON)": describe("", {"neon": True}, "aarch64"),
        "any other": describe("", {}, "riscv64"),
    }
    assert describe("", avx, "x86_64").lanes == machines["AVX2, AVX"].lanes
    assert {cpu: (int(lanes), int(registers)) for cpu, lanes, registers in rows(PAGE, "| CPU")} == {
        cpu: (machine.lanes, machine.registers) for cpu, machine in machines.items()
    }


def test_the_example_of_the_language_runs() -> None:
    (text,) = (text for kind, text in FENCE.findall(PAGE) if kind == "python")
    example = doctest.DocTestParser().get_doctest(text, {}, "engine.md", "engine.md", 0)
    report: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(example, out=report.append)
    assert (result.failed, result.attempted > 2) == (0, True), "".join(report)


def test_what_falls_back_says_so_in_the_words_of_the_page() -> None:
    class MyLayer(hg.Layer):
        def forward(self, x: Any, *, training: bool = False, rng: Any = None) -> Any:
            return x, None

        def backward(self, dy: Any, cache: Any) -> Any:
            return dy, {}

    layers = [hg.Flatten(), hg.Linear(4, 4), hg.Linear(4, 4), MyLayer()]
    run = hg.compile(
        hg.Sequential(layers, seed=0), hg.CrossEntropyLoss(), hg.SGD(), engine="compiled", threads=1
    )
    with pytest.warns(hg.errors.EngineWarning) as warned:
        run.predict(np.zeros((2, 1, 2, 2), np.float32))
    assert f"`{warned[0].message}`" in prose(PAGE)
