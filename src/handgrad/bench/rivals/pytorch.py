"""PyTorch on the CPU, as a good user writes it: modules, an optimizer, three calls a step."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from handgrad.bench.rivals.pytorch_network import torch_module
from handgrad.bench.side import TRAINING, images_of, noise, noise_classes, timed_recipe
from handgrad.errors import ArgumentError
from handgrad.recipes import Recipe, build_network


class TorchSide:
    """A recipe in PyTorch; its schedule and its averaging of weights are left out, in PyTorch's favour.

    Arguments:
        recipe: what is trained.
        threads: that PyTorch may use.
        channels_last: the memory format of modules and images.
        compiled: by ``torch.compile``, with fixed shapes.
        autocast: to bfloat16.
    """

    def __init__(
        self,
        recipe: Recipe,
        threads: int,
        *,
        channels_last: bool = False,
        compiled: bool = False,
        autocast: bool = False,
    ) -> None:
        import torch

        torch.set_num_threads(threads)
        torch.manual_seed(0)
        self.recipe, self.autocast = timed_recipe(recipe), autocast
        self.format = torch.channels_last if channels_last else torch.contiguous_format
        self.network = build_network(self.recipe)
        self.module = torch_module(self.network).to(memory_format=self.format)
        self.compile: Callable[[Any], Any] = (
            (lambda function: torch.compile(function, dynamic=False))
            if compiled
            else lambda function: function
        )

    def call(self, measure: str) -> Callable[[], object]:
        """A step of training, or a prediction in evaluation and inference mode."""
        return self._training() if measure == TRAINING else self._prediction(measure)

    def _training(self) -> Callable[[], object]:
        import torch

        x = self._images(self.recipe.train.batch_size)
        targets = torch.from_numpy(noise_classes(self.recipe, self.network))
        self.module.train()
        model, loss_of = self.compile(self.module), loss_function(self.recipe)
        optimizer, clip = torch_optimizer(self.recipe, self.module), clipping(self.recipe, self.module)

        def step() -> None:
            optimizer.zero_grad()
            with self._arithmetic():
                loss = loss_of(model(x), targets)
            loss.backward()
            clip()
            optimizer.step()

        return step

    def _prediction(self, measure: str) -> Callable[[], object]:
        import torch

        x = self._images(images_of(measure, self.recipe.train.batch_size))
        self.module.eval()
        model = self.compile(self.module)

        def predict() -> object:
            with torch.inference_mode(), self._arithmetic():
                return model(x)

        return predict

    def _images(self, count: int) -> Any:
        import torch

        return torch.from_numpy(noise(self.recipe, count)).contiguous(memory_format=self.format)

    def _arithmetic(self) -> AbstractContextManager[Any]:
        import torch

        return torch.autocast("cpu", torch.bfloat16) if self.autocast else nullcontext()


def loss_function(recipe: Recipe) -> Callable[[Any, Any], Any]:
    """The recipe's loss of (output, class numbers), mean over the batch."""
    from torch.nn import functional

    def one_hot(y: Any, targets: Any) -> Any:
        return functional.one_hot(targets, y.shape[1]).to(y.dtype)

    functions: dict[str, Callable[[Any, Any], Any]] = {
        "CrossEntropyLoss": functional.cross_entropy,
        "ProbabilityCrossEntropyLoss": lambda y, t: functional.nll_loss(y.log(), t),
        "MSELoss": lambda y, t: functional.mse_loss(y, one_hot(y, t)),
        "EuclideanLoss": lambda y, t: functional.mse_loss(y, one_hot(y, t), reduction="sum") / (2 * len(y)),
    }
    return functions[recipe.loss["type"]]


def torch_optimizer(recipe: Recipe, module: Any) -> Any:
    """PyTorch's optimizer of the same name and options.

    Raises:
        ArgumentError: an option that PyTorch's has not.
    """
    import torch

    options: dict[str, Any] = {
        key: tuple(v) if isinstance(v, list) else v for key, v in recipe.optimizer.items()
    }
    kind = getattr(torch.optim, options.pop("type"))
    form = options.pop("momentum_form", "torch")
    if form == "average":  # v = a v + (1 − a) g; "rate_inside" differs only while the rate changes
        options["dampening"] = options["momentum"]
    decays, factor = options.pop("decay_bias", True), options.pop("bias_lr_multiplier", 1.0)
    groups: list[dict[str, Any]] = [{"params": list(module.parameters())}]
    if not decays or factor != 1:
        named = list(module.named_parameters())
        groups = [
            {"params": [value for name, value in named if not name.endswith("bias")]},
            {
                "params": [value for name, value in named if name.endswith("bias")],
                "lr": options["lr"] * factor,
                "weight_decay": options.get("weight_decay", 0.0) if decays else 0.0,
            },
        ]
    try:
        return kind(groups, **options)
    except TypeError as error:
        raise ArgumentError("PyTorch", expected=f"options of its {kind.__name__}", got=str(error)) from None


def clipping(recipe: Recipe, module: Any) -> Callable[[], object]:
    """The recipe's clipping of the gradients, or nothing."""
    from torch.nn import utils

    options = dict(recipe.clip)
    kind = options.pop("type", None)
    if kind is None:
        return lambda: None
    function: Any = utils.clip_grad_norm_ if kind == "ClipGradNorm" else utils.clip_grad_value_
    return lambda: function(module.parameters(), **options)
