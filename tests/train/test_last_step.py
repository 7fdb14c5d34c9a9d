"""A stop that is asked for during the very last step comes too late: the training is finished."""

import numpy as np

import handgrad as hg
from handgrad.nn.weights import read
from handgrad.train import Plan, RunFolder, Training, train_in_folder


def test_it_ends_with_the_weights_that_were_chosen(tmp_path):
    rng = np.random.default_rng(0)
    train, validation = (hg.Dataset(rng.integers(0, 256, (30, 4, 4), np.uint8), [0, 1, 2] * 10) for _ in "ab")
    net = hg.Sequential([hg.Flatten(), hg.Linear(16, 3)], seed=0)
    run = hg.compile(net, hg.CrossEntropyLoss(), hg.SGD(lr=2.0))
    training = Training(run, train, Plan(epochs=6, batch_size=10, keep_best=True), validation=validation)
    folder = RunFolder.create(tmp_path, "last", 'name = "last"', {})
    last = training.total
    list(train_in_folder(folder, training, checkpoint_every=5, stop=lambda: training.progress.step == last))
    assert training.progress.best_step not in (0, last)  # else the chosen weights would be those of the end
    kept, _ = read(folder.model)
    assert all(np.array_equal(kept[name], array) for name, array in net.state_dict().items())
