"""Results made up so that every derived number can be worked out by hand."""

from handgrad.bench import Comparison, Entry, Machine, Results, Start

MACHINE = Machine("a processor", 2, 2, 200.0, "a system", {"Python": "3.11", "torch": "2.13"}, "today")


def entry(name: str, family: str, seconds: list[float], **options) -> Entry:
    return Entry(
        name,
        f"the {name}",
        family,
        seconds={"training": seconds, "latency": [second / 1000 for second in seconds]},
        peak_memory={"training": 100_000_000, "latency": 120_000_000},
        warm=Start(1.5, {"training": 0.5, "latency": 0.1}),
        **options,
    )


def recipe_comparison() -> Comparison:
    """A step of 100 images, 10⁹ operations each: 0.5 s is 200 images/s and 200 GFLOP/s."""
    entries = (
        entry("compiled", "handgrad", [0.5, 0.5, 1.0], cold=Start(1.5, {"training": 8.0, "latency": 1.0})),
        entry("torch", "PyTorch", [2.0, 4.0, 4.0]),
        entry("torch-channels-last", "PyTorch", [1.0, 1.0, 2.0]),
        entry("torch-bfloat16", "PyTorch", [0.1, 0.1, 0.1], remark="other arithmetic"),
        Entry("jax", "JAX", "JAX", failure="jax is not installed"),
    )
    return Comparison(
        "lenet",
        "",
        {"training": 100, "latency": 1},
        {"training": 1_000_000_000, "latency": 300_000_000},
        entries,
    )


def layer_comparison(position: int) -> Comparison:
    """A layer whose forward and backward take as many microseconds as its position says."""
    entries = tuple(
        Entry(
            name,
            f"the {name}",
            family,
            seconds={"forward": [position * 1e-6], "backward": [position * 2e-6]},
            failure=failure,
        )
        for name, family, failure in (("reference", "handgrad", ""), ("torch", "PyTorch", ""))
    )
    out = Entry("compiled", "the compiled", "handgrad", failure="no such layer")
    return Comparison(
        "lenet", f"{position} ReLU()", {"forward": 64, "backward": 64}, {"forward": 0, "backward": 0},
        (*entries, out),
    )  # fmt: skip


RESULTS = Results(MACHINE, {"threads": 2, "repeats": 3}, (recipe_comparison(),))
LAYERS = Results(MACHINE, {"threads": 2, "repeats": 1}, (layer_comparison(1), layer_comparison(2)))
