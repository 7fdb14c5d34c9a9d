import numpy as np
import pytest

import handgrad as hg
from handgrad.errors import DataError, ShapeError
from handgrad.train import Evaluation, predicted_classes
from tests.engine.engine_cases import make_data, make_net, make_run, same


@pytest.mark.parametrize("count", [1, 999, 1000, 1001, 2300])
def test_loss_and_accuracy_are_those_of_all_images_at_once(count):
    data, net = make_data(count, seed=count), make_net(1)
    found = hg.evaluate(make_run(net), data)
    logits = net.forward((data.images[:, None] / 255).astype("f"))[0].astype(np.float64)
    chosen = logits[np.arange(count), data.labels]
    loss = np.mean(np.log(np.exp(logits).sum(axis=1)) - chosen)
    assert found.loss == pytest.approx(loss, rel=1e-5)
    assert found.accuracy == np.mean(logits.argmax(axis=1) == data.labels)
    assert found.count == count
    np.testing.assert_array_equal(predicted_classes(make_run(net), data), logits.argmax(axis=1))


def test_the_data_sets_normalisation_is_applied():
    data = make_data(40)
    brighter = data.with_normalisation(hg.Normalisation(0.5, 0.1))
    assert hg.evaluate(make_run(), data) != hg.evaluate(make_run(), brighter)
    by_hand = hg.Dataset(((data.images / 255 - 0.5) / 0.1).astype("f")[:, None], data.labels)
    assert hg.evaluate(make_run(), brighter).loss == pytest.approx(
        hg.evaluate(make_run(), by_hand).loss, rel=1e-5
    )


def test_averaged_weights_are_used_and_put_back():
    data, run = make_data(40), make_run(average=hg.StochasticWeightAverage())
    for _ in range(5):
        run.train_on(data, range(20))
    before = run.state()
    found = hg.evaluate(run, data), predicted_classes(run, data).tolist()
    assert same(run.state(), before)
    averaged = make_run()
    with run.averaged_weights():
        averaged.network.load_state_dict(run.network.state_dict())
    assert found == (hg.evaluate(averaged, data), predicted_classes(averaged, data).tolist())
    assert found[0] != hg.evaluate(make_run(run.network), data)


def test_dropout_is_off():
    run = make_run(make_net(dropout=0.9))
    assert hg.evaluate(run, make_data(40)) == hg.evaluate(make_run(make_net(dropout=0.0)), make_data(40))


def test_a_network_beyond_all_numbers_is_evaluated_without_a_warning():
    for layer, value in ((6, np.inf), (8, np.inf), (8, 3e38)):  # NaN; inf - inf; beyond float32
        run = make_run()
        run.network[layer].weight.value[...] = value
        run.network[layer].bias.value[0] = value
        found = hg.evaluate(run, make_data(40))
        assert not np.isfinite(found.loss)


def test_data_that_do_not_fit():
    with pytest.raises(ShapeError, match="layer 6, Linear"):
        hg.evaluate(make_run(), make_data(5, size=10))
    with pytest.raises(DataError, match="targets from 0 to 2"):
        hg.evaluate(make_run(), hg.Dataset(make_data(9).images, [3] * 9))


def test_it_prints_as_a_share_and_a_loss():
    assert str(Evaluation(0.12345, 0.98765, 10)) == "98.77% (loss 0.1235)"
