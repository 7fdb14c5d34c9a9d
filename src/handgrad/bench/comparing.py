"""The benchmark: recipes as a whole, or each of their layers alone."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

from handgrad.bench.contestants import Contestant
from handgrad.bench.costs import inference_flop, training_flop
from handgrad.bench.race import Progress, Settings, race
from handgrad.bench.results import Comparison, Entry
from handgrad.bench.side import BACKWARD, FORWARD, MEASURES, TRAINING, images_of, layer_measure, needs_dx
from handgrad.errors import ArgumentError
from handgrad.recipes import Recipe, build_network


def benchmark(
    recipes: Sequence[Recipe],
    contestants: Sequence[Contestant],
    settings: Settings,
    *,
    measures: Sequence[str] = MEASURES,
    layers: bool = False,
    progress: Progress = lambda text: None,
) -> Iterator[tuple[Comparison, ...]]:
    """Time recipes, one after the other.

    Arguments:
        recipes: in order.
        contestants: who takes part.
        settings: how often and how long.
        measures: of whole recipes: some of `handgrad.bench.MEASURES`.
        layers: time each layer alone instead.
        progress: told what happens now.

    Yields:
        for each recipe, as soon as it is timed, its comparison, or one for each of its layers.

    Raises:
        RecipeError, ShapeError: a recipe whose network cannot be built.
        ArgumentError: nobody takes part.
    """
    if not contestants:
        raise ArgumentError("bench", expected="at least one contestant", got="none")
    for recipe in recipes:
        if layers:
            yield compare_layers(recipe, contestants, settings, progress)
        else:
            yield (compare_recipe(recipe, contestants, measures, settings, progress),)


def compare_recipe(
    recipe: Recipe,
    contestants: Sequence[Contestant],
    measures: Sequence[str],
    settings: Settings,
    progress: Progress,
) -> Comparison:
    """Time a recipe: its training, its inference, one image.

    Arguments:
        recipe: gives network, batch size, loss and optimizer.
        contestants: who takes part.
        measures: some of `handgrad.bench.side.MEASURES`.
        settings: how often and how long.
        progress: told what happens now.

    Raises:
        RecipeError, ShapeError: a recipe whose network cannot be built.
    """
    network, shape = build_network(recipe), tuple(recipe.network.input_shape)
    forward, training = inference_flop(network, shape), training_flop(network, shape)
    return Comparison(
        recipe=recipe.name,
        layer="",
        images={measure: images_of(measure, recipe.train.batch_size) for measure in measures},
        flop={measure: training if measure == TRAINING else forward for measure in measures},
        entries=tuple(race(contestants, recipe, measures, settings, progress)),
    )


def compare_layers(
    recipe: Recipe, contestants: Sequence[Contestant], settings: Settings, progress: Progress
) -> tuple[Comparison, ...]:
    """Time each layer of a recipe alone, forward and backward, with its real input.

    Forward is the layer in training; backward goes from a given gradient to the gradients of the parameters
    and, where something before the layer learns, to dx. Neither loss nor optimizer takes part.

    Arguments:
        recipe: whose layers they are, and the batch size.
        contestants: those that cannot run a layer alone are left out.
        settings: how often and how long.
        progress: told what happens now.

    Raises:
        RecipeError, ShapeError: a recipe whose network cannot be built.
        ArgumentError: no contestant is left.
    """
    able = [contestant for contestant in contestants if contestant.layers_side]
    if not able:
        got = ", ".join(contestant.name for contestant in contestants)
        raise ArgumentError("--layers", expected="a contestant that can run a layer alone", got=got)
    network, shape = build_network(recipe), tuple(recipe.network.input_shape)
    positions = range(len(network))
    measures = [layer_measure(position, way) for position in positions for way in (FORWARD, BACKWARD)]
    entries = race(able, recipe, measures, settings, progress, layers=True)
    shapes, size = [shape, *network.shapes(shape)], recipe.train.batch_size
    costs = [2 * layer.multiply_adds(shapes[position]) for position, layer in enumerate(network)]
    return tuple(
        Comparison(
            recipe=recipe.name,
            layer=f"{position} {network[position]!r}",
            images={FORWARD: size, BACKWARD: size},
            flop={
                FORWARD: costs[position],
                BACKWARD: costs[position] * (2 if needs_dx(network, position) else 1),  # dW, and dx as much
            },
            entries=tuple(_of_layer(entries, position)),
        )
        for position in positions
    )


def _of_layer(entries: Sequence[Entry], position: int) -> Iterator[Entry]:
    """The entries with the measures of one layer alone."""
    names = {layer_measure(position, way): way for way in (FORWARD, BACKWARD)}
    for entry in entries:
        seconds = {way: entry.seconds[name] for name, way in names.items() if name in entry.seconds}
        yield replace(
            entry,
            failure=entry.failure if len(seconds) < len(names) else "",
            seconds=seconds,
            peak_memory={},
            cold=None,
            warm=None,
        )
