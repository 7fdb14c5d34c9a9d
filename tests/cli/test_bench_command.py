"""The command `handgrad bench`: what it prints, writes, draws and refuses."""

import json
from pathlib import Path

import pytest

from handgrad.bench import RIVALS
from handgrad.cli import bench_command
from tests.bench.made_results import LAYERS, RESULTS
from tests.cli.commands import handgrad
from tests.cli.test_mistakes import refused

SMALL = (
    "--set", 'network.layers=["Flatten()", "Linear(16, 3)"]', "--set", "network.input_shape=[1,4,4]",
    "--set", "train.batch_size=4", "--repeats", 2, "--seconds", 0.002, "--engines", "reference",
    "--against", "none", "--threads", 1,
)  # fmt: skip


@pytest.fixture(autouse=True)
def no_peak(monkeypatch) -> None:
    """The machine's own peak takes long to measure."""
    monkeypatch.setattr(bench_command, "peak", lambda threads: 1000.0)


def test_a_run_of_the_reference() -> None:
    answer = handgrad("bench", "mlp", *SMALL, "--json", "--out", "speed.json", "--plot", "speed.svg")
    assert answer.code == 0, answer.err
    tables = ["training, batches of 4", "inference of 1,000 images", "prediction of one image"]
    for words in (*tables, "first step and memory", "1 thread on", "handgrad reference", "of peak"):
        assert words in answer.out
    assert "handgrad: mlp: training\n" in answer.err
    found = answer.json
    assert found == json.loads(Path("speed.json").read_text())
    (comparison,) = found["comparisons"]
    (entry,) = comparison["entries"]
    assert (comparison["recipe"], entry["name"], entry["failure"]) == ("mlp", "reference", "")
    assert {measure: len(times) for measure, times in entry["seconds"].items()} == {
        "training": 2, "inference": 2, "latency": 2,
    }  # fmt: skip
    assert found["settings"] == {"threads": 1, "repeats": 2, "seconds": 0.002, "timeout": 300.0}
    assert found["machine"]["threads"] == 1
    assert ">handgrad reference</text>" in Path("speed.svg").read_text()


def test_layers() -> None:
    answer = handgrad("bench", "--layers", "mlp", *SMALL, "--json", "--quiet")
    assert (answer.code, answer.err, answer.out.count("\n")) == (0, "", 1)
    assert [found["layer"] for found in answer.json["comparisons"]] == ["0 Flatten()", "1 Linear(16, 3)"]


@pytest.mark.parametrize(
    ("option", "measures"), [("--train-only", ["training"]), ("--infer-only", ["inference", "latency"])]
)
def test_one_half_only(option: str, measures: list[str]) -> None:
    (found,) = handgrad("bench", "mlp", *SMALL, option, "--json").json["comparisons"]
    assert list(found["entries"][0]["seconds"]) == measures


def test_an_engine_that_fails_is_a_line_with_the_reason() -> None:
    layers = ("--set", 'network.layers=["Flatten()", "Linear(16, 3)", "BatchNorm1d(3)"]')  # of the last value
    answer = handgrad("bench", "mlp", *SMALL, *layers, "--set", "train.batch_size=1")
    assert answer.code == 0
    assert "\nhandgrad reference: not measured: layer 2, BatchNorm1d(3): " in answer.out
    assert "Traceback" not in answer.out + answer.err


def shown(results, *options: str) -> str:
    Path("kept.json").write_text(json.dumps(results.to_dict()))
    answer = handgrad("bench", "--show", "kept.json", *options)
    assert (answer.code, answer.err) == (0, "")
    return answer.out


def test_results_are_shown_again() -> None:
    lines = shown(RESULTS, "--plot", "kept.png").splitlines()
    assert lines[0] == "a processor, 2 threads on 2 usable cores; measured peak 200 GFLOP/s"
    compiled = next(line for line in lines if line.startswith("the compiled")).split("  ")
    assert [cell.strip() for cell in compiled if cell.strip()] == [
        "the compiled", "200", "100 to 200", "2.00", "200.0", "100%",
    ]  # fmt: skip
    assert any(line.startswith("the torch-bfloat16 (other arithmetic)") for line in lines)
    assert "JAX: not measured: jax is not installed" in lines
    starts = lines[lines.index(next(line for line in lines if line.startswith("first step"))) :]
    assert starts[1].split()[2:] == ["9.5", "2.0", "100"]  # cold, warm, and 100 MB when training was done
    assert starts[2].split()[2:] == ["-", "2.0", "100"]
    assert Path("kept.png").read_bytes().startswith(b"\x89PNG")


def test_layers_are_shown_again() -> None:
    out = shown(LAYERS)
    assert out.count("lenet: forward, batches of 64") == out.count("lenet: backward, batches of 64") == 1
    assert out.count("1 ReLU()") == 2  # its name once in each table
    assert out.count("the compiled: not measured: no such layer") == 1
    assert "stands alone" in out
    assert handgrad("bench", "--show", "kept.json", "--json", "--quiet").json == json.loads(
        Path("kept.json").read_text()
    )


def test_help_names_every_contestant() -> None:
    out = " ".join(handgrad("bench", "--help").out.split())
    assert all(name in out for name in RIVALS)


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["lenett"], "did you mean lenet"),
        (["mlp", "--engines", "refrence"], "did you mean reference"),
        (["mlp", "--against", "torch-bf16"], "--against"),
        (["mlp", "--engines", "none", "--against", "none"], "at least one contestant"),
        (["mlp", "--repeats", 0], "--repeats"),
        (["mlp", "--seconds", -1], "--seconds"),
        (["mlp", "--threads", 0], "threads"),
        (["mlp", "--train-only", "--infer-only"], "got both"),
        (["mlp", "--plot", "speed.gif"], ".svg, .png, .pdf"),
        (["mlp", "--out", "none/speed.json"], "none/speed.json"),
        (["mlp", "--plot", "none/speed.svg"], "none/speed.svg"),
        (["--show", "none.json"], "none.json"),
        (["mlp", "--set", "train.bach_size=3"], "did you mean 'batch_size'"),
        (["--layers", "mlp", "--engines", "none", "--against", "jax"], "that can run a layer alone"),
    ],
)
def test_mistakes(arguments: list[object], says: str) -> None:
    assert says in refused("bench", *arguments)
