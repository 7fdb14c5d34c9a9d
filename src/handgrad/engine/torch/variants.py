"""The ways in which PyTorch runs a network on a CPU; which is the fastest, network and machine decide."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from handgrad.engine.torch.library import pytorch
from handgrad.errors import ArgumentError

WHERE = "the torch engine"


class Variant:
    """PyTorch as one writes it without further thought."""

    def arrange(self, module: Any) -> Callable[[Any], Any]:
        """Prepare a module, in place; returns what is to be called instead of it."""
        runs: Callable[[Any], Any] = module
        return runs

    def images(self, x: Any) -> Any:
        """A batch (N, C, H, W) as the module likes it best."""
        return x

    def arithmetic(self) -> AbstractContextManager[Any]:
        """In which the forward pass is computed."""
        return nullcontext()

    def refusal(self, error: Exception) -> ArgumentError:
        """What to tell a user where PyTorch itself gives up on a batch that handgrad could compute."""
        return ArgumentError(WHERE, expected="a batch that PyTorch can compute", got=first_line(error))


class ChannelsLast(Variant):
    """Images and kernels with the channels of a pixel side by side in memory: (N, H, W, C)."""

    def arrange(self, module: Any) -> Callable[[Any], Any]:
        """Kernels move to memory of their own."""
        runs: Callable[[Any], Any] = module.to(memory_format=pytorch().channels_last)
        return runs

    def images(self, x: Any) -> Any:
        """The same batch with other strides."""
        return x.to(memory_format=pytorch().channels_last) if x.ndim == 4 else x


class Compiled(Variant):
    """`torch.compile`: the module's operations fused, in C++ written and compiled for it.

    Each shape of a batch is compiled for itself, which takes some seconds and gives the fastest code.
    """

    def arrange(self, module: Any) -> Callable[[Any], Any]:
        """The compilation itself happens at the first call."""
        try:
            runs: Callable[[Any], Any] = pytorch().compile(module, dynamic=False)
        except RuntimeError as error:  # a Python or a system for which it does not exist
            raise self.refusal(error) from None
        return runs

    def refusal(self, error: Exception) -> ArgumentError:
        """Nearly always there is no compiler."""
        return ArgumentError(
            f'{WHERE}, variant "compiled"',
            expected="a C++ compiler that torch.compile can use",
            got=first_line(error),
            hint="install one (Debian and Ubuntu: apt install g++ python3-dev), or take another variant",
        )


class BFloat16(Variant):
    """Autocast to bfloat16: float32 weights, but factors of 8 significant bits. It is other arithmetic."""

    def arithmetic(self) -> AbstractContextManager[Any]:
        """PyTorch chooses which operations may be less precise."""
        torch = pytorch()
        context: AbstractContextManager[Any] = torch.autocast("cpu", dtype=torch.bfloat16)
        return context


VARIANTS: Mapping[str, type[Variant]] = {
    "default": Variant,
    "channels_last": ChannelsLast,
    "compiled": Compiled,
    "bfloat16": BFloat16,
}


def choose_variant(name: str) -> Variant:
    """A variant by its name.

    Raises:
        ArgumentError: there is none of that name.

    Example:
        >>> choose_variant("channels_last").__class__.__name__
        'ChannelsLast'
    """
    if name not in VARIANTS:
        raise ArgumentError(WHERE, expected=f"a variant, one of {', '.join(VARIANTS)}", got=repr(name))
    return VARIANTS[name]()


def first_line(error: Exception) -> str:
    """What went wrong, without the pages that follow.

    Example:
        >>> first_line(RuntimeError("no compiler\\n\\nSet TORCHDYNAMO_VERBOSE=1 ..."))
        'no compiler'
    """
    return next((line.strip() for line in str(error).splitlines() if line.strip()), type(error).__name__)
