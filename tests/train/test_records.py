import json

from handgrad.train import Evaluation, Progress, Record

RECORD = Record(
    step=1200, epoch=2, loss=0.25, accuracy=0.5, lr=0.01, images_per_second=12345.6,
    validation=Evaluation(0.5, 0.75, 4), watch={"test": Evaluation(0.125, 1.0, 2)},
)  # fmt: skip


def test_a_record_prints_in_a_line():
    assert str(RECORD) == (
        "step  1,200  epoch 2  loss 0.2500  accuracy 50.00%  lr 0.01  12,346 images/s  "
        "validation 75.00% (loss 0.5000)  test 100.00% (loss 0.1250)"
    )
    plain = Record(step=3, epoch=1, loss=2.0, accuracy=0.0, lr=1e-5, images_per_second=1.0)
    assert str(plain) == "step      3  epoch 1  loss 2.0000  accuracy 0.00%  lr 1e-05  1 images/s"


def test_a_record_is_a_line_of_json():
    values = json.loads(json.dumps(RECORD.to_dict()))
    assert values["validation"] == {"loss": 0.5, "accuracy": 0.75, "count": 4}
    assert values["watch"] == {"test": {"loss": 0.125, "accuracy": 1.0, "count": 2}}
    values["validation"] = Evaluation(**values["validation"])
    values["watch"] = {"test": Evaluation(**values["watch"]["test"])}
    assert Record(**values) == RECORD


def test_progress_begins_with_nothing():
    progress = Progress()
    assert (progress.step, progress.seen, progress.finished) == (0, 0, "")
    assert progress.best_accuracy < 0.0  # any first epoch is the best so far
