import pytest

from handgrad.bench import CONTESTANTS, ENGINES, RIVALS, choose
from handgrad.bench.contestants import Contestant
from handgrad.bench.side import find_side
from handgrad.errors import ArgumentError


def test_all_is_what_the_command_promises() -> None:
    assert list(ENGINES) == ["reference", "compiled"]
    assert {"torch", "torch-channels-last", "torch-compiled", "torch-bfloat16", "jax"} <= RIVALS.keys()
    assert len({contestant.title for contestant in CONTESTANTS.values()}) == len(CONTESTANTS)


def test_the_fastest_pytorch_is_one_with_float32_arithmetic() -> None:
    yardsticks = {name for name, contestant in CONTESTANTS.items() if contestant.is_yardstick}
    assert yardsticks == {name for name in RIVALS if name.startswith("torch")} - {"torch-bfloat16"}
    assert RIVALS["torch-bfloat16"].remark


def test_who_keeps_compiled_kernels_is_started_cold_too() -> None:
    kept = {name: item.cache_variable for name, item in CONTESTANTS.items() if item.cache_variable}
    assert kept == {
        "compiled": "HANDGRAD_KERNELS",
        "torch-compiled": "TORCHINDUCTOR_CACHE_DIR",
        "torch-compiled-channels-last": "TORCHINDUCTOR_CACHE_DIR",
    }


@pytest.mark.parametrize("contestant", CONTESTANTS.values(), ids=lambda contestant: contestant.name)
def test_each_side_is_where_it_is_said_to_be(contestant: Contestant) -> None:
    for path in (contestant.side, contestant.layers_side):
        assert not path or hasattr(find_side(path), "call")


def test_choosing() -> None:
    assert choose(None, ENGINES, "--engines") == list(ENGINES.values())
    assert choose(["jax, torch", "jax"], RIVALS, "--against") == [RIVALS["jax"], RIVALS["torch"]]
    assert choose(["none"], RIVALS, "--against") == []
    with pytest.raises(
        ArgumentError, match=r"--against: .*'torch-chanels-last'.*did you mean torch-channels"
    ):
        choose(["torch-chanels-last"], RIVALS, "--against")


def test_what_is_not_installed_is_known_without_starting_it() -> None:
    there = Contestant("a", "A", "", package="numpy")
    gone = Contestant("b", "B", "", package="no_such_package")
    assert (there.missing(), gone.missing()) == ("", "no_such_package is not installed")
