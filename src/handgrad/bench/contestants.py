"""Who takes part in a benchmark, and by which names the command line calls them."""

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import Any

from handgrad.errors import ArgumentError

ENGINE, ENGINE_LAYERS = "handgrad.bench.engines:EngineSide", "handgrad.bench.engines:EngineLayers"
TORCH = "handgrad.bench.rivals.pytorch:TorchSide"
TORCH_LAYERS = "handgrad.bench.rivals.pytorch_layers:TorchLayers"
JAX = "handgrad.bench.rivals.jax:JaxSide"


@dataclass(frozen=True)
class Contestant:
    """One way to run a network.

    Arguments:
        name: on the command line.
        title: in tables and figures.
        side: "module:class" of its `Side`; imported in the contestant's own process only.
        layers_side: the same for layers alone; empty: it does not take part there.
        options: keyword arguments of both.
        package: that must be installed; empty: none but handgrad's own.
        cache_variable: the environment variable that names the folder of its compiled kernels; empty: it
            keeps none from one process to the next.
        family: "handgrad", "PyTorch" or "JAX".
        remark: what its arithmetic has that the others' has not; empty: it is float32 like theirs.
    """

    name: str
    title: str
    side: str
    layers_side: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)
    package: str = ""
    cache_variable: str = ""
    family: str = "handgrad"
    remark: str = ""

    @property
    def is_yardstick(self) -> bool:
        """Whether it may be the fastest PyTorch that the others are held against."""
        return self.family == "PyTorch" and not self.remark

    def missing(self) -> str:
        """Why it cannot take part, as far as can be told without starting it; empty: it can."""
        if not self.package or find_spec(self.package):
            return ""
        return f"{self.package} is not installed"


def _engine(name: str, title: str, cache_variable: str = "") -> Contestant:
    options = {"engine": name}
    return Contestant(name, title, ENGINE, ENGINE_LAYERS, options, cache_variable=cache_variable)


def _torch(name: str, title: str, *, layers: bool = False, remark: str = "", **options: bool) -> Contestant:
    return Contestant(
        name,
        title,
        TORCH,
        layers_side=TORCH_LAYERS if layers else "",
        options=options,
        package="torch",
        cache_variable="TORCHINDUCTOR_CACHE_DIR" if options.get("compiled") else "",
        family="PyTorch",
        remark=remark,
    )


ENGINES = {
    contestant.name: contestant
    for contestant in (
        _engine("reference", "handgrad reference"),
        _engine("compiled", "handgrad compiled", "HANDGRAD_KERNELS"),
    )
}
RIVALS = {
    contestant.name: contestant
    for contestant in (
        _torch("torch", "PyTorch default", layers=True),
        _torch("torch-channels-last", "PyTorch channels-last", layers=True, channels_last=True),
        _torch("torch-compiled", "PyTorch compiled", compiled=True),
        _torch(
            "torch-compiled-channels-last",
            "PyTorch compiled, channels-last",
            compiled=True,
            channels_last=True,
        ),
        _torch("torch-bfloat16", "PyTorch bfloat16", autocast=True, remark="other arithmetic"),
        Contestant("jax", "JAX", JAX, package="jax", family="JAX"),
    )
}
CONTESTANTS = ENGINES | RIVALS
NONE = "none"


def choose(names: Sequence[str] | None, known: Mapping[str, Contestant], option: str) -> list[Contestant]:
    """The contestants that were asked for.

    Arguments:
        names: each one name, or several with commas between; None: all; "none": none.
        known: among which to choose, by name.
        option: of the command line, for the error.

    Raises:
        ArgumentError: an unknown name.

    Example:
        >>> [contestant.title for contestant in choose(["torch,jax"], RIVALS, "--against")]
        ['PyTorch default', 'JAX']
    """
    if names is None:
        return list(known.values())
    words = [word.strip() for text in names for word in text.split(",") if word.strip()]
    for word in words:
        if word not in known and word != NONE:
            near = difflib.get_close_matches(word, known, n=1)
            raise ArgumentError(
                option,
                expected=f"some of {', '.join(known)}, or {NONE}",
                got=repr(word),
                hint=f"did you mean {near[0]}" if near else "",
            )
    return [known[word] for word in dict.fromkeys(words) if word != NONE]
