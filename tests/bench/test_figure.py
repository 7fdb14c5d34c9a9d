from handgrad.bench import speed_panels
from tests.bench.made_results import LAYERS, RESULTS


def test_recipes_are_drawn_in_images_a_second() -> None:
    (panel,) = speed_panels(RESULTS)  # of training; the latency of one image is no speed
    assert panel.title == "lenet: training, batches of 100"
    assert panel.unit == "images/s, longer is better"
    assert [bar.label for bar in panel.bars] == [
        "the compiled", "the torch", "the torch-channels-last", "the torch-bfloat16",
    ]  # fmt: skip
    first, *_, last = panel.bars
    assert (first.median, first.low, first.high, first.note, first.hatched) == (200, 100, 200, "2.00×", False)
    assert last.hatched


def test_layers_are_drawn_in_microseconds() -> None:
    panels = speed_panels(LAYERS)
    assert [panel.title for panel in panels] == [
        f"lenet: {position} ReLU(): {way}, batches of 64"
        for position in (1, 2)
        for way in ("forward", "backward")
    ]
    assert {panel.unit for panel in panels} == {"µs, shorter is better"}
    assert [round(panel.bars[0].median, 9) for panel in panels] == [1, 2, 2, 4]
