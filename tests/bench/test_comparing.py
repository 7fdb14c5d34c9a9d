"""The whole of it, with the reference engine against itself."""

import pytest

from handgrad.bench import ENGINES, Settings, benchmark
from handgrad.bench.contestants import Contestant
from handgrad.errors import ArgumentError
from tests.bench.toys import small_recipe, toy

TINY = Settings(threads=1, repeats=2, seconds=0.002, timeout=60)
REFERENCE = ENGINES["reference"]
TWIN = Contestant("twin", "the reference again", **{
    key: getattr(REFERENCE, key) for key in ("side", "layers_side", "options")
}, family="PyTorch")  # fmt: skip


def test_a_recipe() -> None:
    ((found,),) = benchmark([small_recipe()], [REFERENCE, TWIN], TINY)
    assert (found.title, found.measures) == ("mlp", ["training", "inference", "latency"])
    assert found.images == {"training": 2, "inference": 1000, "latency": 1}
    forward = 2 * (16 * 4 + 4 * 3)
    assert found.flop == {"training": 2 * (2 * 64 + 3 * 12), "inference": forward, "latency": forward}
    assert [entry.failure for entry in found.entries] == ["", ""]
    for measure in found.measures:
        ratio = found.ratio(found.entries[0], measure)
        assert ratio is not None
        assert 0.01 < ratio.median < 100  # it is the same code, on whatever busy machine
        assert found.gflops(found.entries[0], measure) > 0


def test_some_measures_of_two_recipes() -> None:
    found = list(benchmark([small_recipe(), small_recipe()], [REFERENCE], TINY, measures=["latency"]))
    assert [comparison.measures for (comparison,) in found] == [["latency"], ["latency"]]


def test_layers() -> None:
    (found,) = benchmark([small_recipe()], [REFERENCE, TWIN], TINY, layers=True)
    assert [comparison.title for comparison in found] == [
        "mlp: 0 Flatten()", "mlp: 1 Linear(16, 4)", "mlp: 2 ReLU()", "mlp: 3 Linear(4, 3)",
    ]  # fmt: skip
    assert [comparison.flop["forward"] for comparison in found] == [0, 128, 0, 24]
    assert [comparison.flop["backward"] for comparison in found] == [
        0,
        128,
        0,
        48,
    ]  # dW; dx where it is needed
    for comparison in found:
        assert comparison.images == {"forward": 2, "backward": 2}
        for entry in comparison.entries:
            assert entry.failure == ""
            assert {way: len(seconds) for way, seconds in entry.seconds.items()} == {
                "forward": 2,
                "backward": 2,
            }


def test_a_layer_that_failed_is_said_where_it_failed_and_after() -> None:
    rude = toy("Rude", how="raises", when="1 backward")
    (found,) = benchmark([small_recipe()], [rude, REFERENCE], TINY, layers=True)
    failures = [comparison.entries[0].failure for comparison in found]
    assert failures[0] == ""
    assert set(failures[1:]) == {"ValueError: no such kernel"}
    assert list(found[1].entries[0].seconds) == ["forward"]
    assert all(comparison.entries[1].failure == "" for comparison in found)


def test_layers_leave_out_who_cannot_run_them() -> None:
    whole_only = Contestant("whole", "whole", REFERENCE.side)
    (found,) = benchmark([small_recipe()], [whole_only, REFERENCE], TINY, layers=True)
    assert {entry.name for comparison in found for entry in comparison.entries} == {"reference"}
    with pytest.raises(ArgumentError, match="that can run a layer alone, got whole"):
        list(benchmark([small_recipe()], [whole_only], TINY, layers=True))


def test_nobody_at_all() -> None:
    with pytest.raises(ArgumentError, match="at least one contestant"):
        list(benchmark([small_recipe()], [], TINY))
