from pathlib import Path

import pytest

from handgrad.bench.contestants import Contestant
from handgrad.bench.race import Settings, race
from handgrad.errors import ArgumentError
from tests.bench.toys import small_recipe, toy

QUICK = Settings(threads=1, repeats=3, seconds=0.005, timeout=30)


def run(*contestants: Contestant, measures: tuple[str, ...] = ("training", "inference"), **options):
    told: list[str] = []
    entries = race(contestants, small_recipe(), measures, QUICK, told.append, **options)
    assert [entry.name for entry in entries] == [contestant.name for contestant in contestants]
    return entries, told


def test_all_take_their_turns(tmp_path: Path) -> None:
    notes = str(tmp_path / "notes")
    (first, second), told = run(
        toy("Toy", "a", notes=notes, word="a"), toy("Toy", "b", notes=notes, word="b")
    )
    for entry in (first, second):
        assert entry.failure == ""
        assert {measure: len(times) for measure, times in entry.seconds.items()} == {
            "training": 3,
            "inference": 3,
        }
        assert all(0.001 <= seconds < 1 for times in entry.seconds.values() for seconds in times)
        assert entry.peak_memory.keys() == entry.seconds.keys()
        assert entry.cold is None
        assert entry.warm is not None
        assert list(entry.warm.first) == ["training", "inference"]
    assert Path(notes).read_text().split("\n")[:-1] == [
        "a made", "b made", "a training", "b training", "a inference", "b inference",
    ]  # fmt: skip
    assert told == ["mlp: Toy gets ready", "mlp: Toy gets ready", "mlp: training", "mlp: inference"]


@pytest.mark.parametrize("how", ["raises", "crashes", "leaves"])
def test_one_that_fails_does_not_stop_the_others(how: str) -> None:
    # one call, then 3 to 7 a turn: the ninth is in the second turn, or on a busy machine in the third
    (rude, good), _ = run(toy("Rude", how=how, when="inference", at=9), toy("Toy"))
    assert rude.failure
    assert list(rude.seconds) == ["training"]  # what it finished is kept, what was broken off is not
    assert list(rude.peak_memory) == ["training"]
    assert good.failure == ""
    assert {measure: len(times) for measure, times in good.seconds.items()} == {"training": 3, "inference": 3}


def test_one_that_cannot_even_start_is_an_entry_with_the_reason() -> None:
    (gone, odd, good), told = run(
        toy("Toy", "gone", package="no_such_package"), toy("Environment"), toy("Toy"), measures=("training",)
    )
    assert gone.failure == "no_such_package is not installed"
    assert told == ["mlp: Environment gets ready", "mlp: Toy gets ready", "mlp: training"]  # not: gone
    assert odd.failure.startswith("RuntimeError: mlp 1 ['1'")
    assert gone.seconds == odd.seconds == {}
    assert gone.warm is odd.warm is None
    assert len(good.seconds["training"]) == 3


def test_a_cold_start_is_one_with_an_empty_folder_of_kernels(tmp_path: Path, monkeypatch) -> None:
    notes = tmp_path / "notes"
    contestant = toy("CachingToy", notes=str(notes), cache_variable="TOY_KERNELS")
    (entry,), _ = run(contestant)
    lines = [line.split() for line in notes.read_text().splitlines()]
    (folder,) = {line[0] for line in lines}
    assert not Path(folder).exists()  # it was made for this race alone
    assert [line[1:] for line in lines] == [
        ["made"], ["training", "cold"], ["inference", "cold"],
        ["made"], ["training", "warm"], ["inference", "warm"],
    ]  # fmt: skip
    assert entry.cold is not None
    assert entry.warm is not None
    assert list(entry.cold.first) == list(entry.warm.first) == ["training", "inference"]
    assert entry.cold.seconds == entry.cold.making + entry.cold.first["training"]


def test_layers_alone_use_the_users_own_kernels(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setenv("TOY_KERNELS", str(tmp_path))
    (entry,), _ = run(toy("CachingToy", cache_variable="TOY_KERNELS"), layers=True)
    assert entry.failure == ""
    assert entry.cold is None
    assert sorted(path.name for path in tmp_path.iterdir()) == ["inference", "training"]


@pytest.mark.parametrize("name", ["repeats", "seconds", "timeout"])
@pytest.mark.parametrize("value", [0, -1, float("nan"), float("inf")])
def test_settings_that_make_no_sense(name: str, value: float) -> None:
    with pytest.raises(ArgumentError, match=f"--{name}: expected a number above 0"):
        Settings(threads=1, **{name: value})
