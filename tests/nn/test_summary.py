import handgrad as hg


def lenet():
    return hg.Sequential(
        [hg.Conv2d(1, 20, 5), hg.MaxPool2d(2), hg.Conv2d(20, 50, 5), hg.MaxPool2d(2),
         hg.Flatten(), hg.Linear(800, 500), hg.ReLU(), hg.Linear(500, 10)])  # fmt: skip


def test_lenets_table():
    assert str(lenet().summary((1, 28, 28))) == "\n".join([
        "layer                   output shape  parameters  multiply-adds",
        "0  Conv2d(1, 20, 5)     (20, 24, 24)         520        288,000",
        "1  MaxPool2d(2)         (20, 12, 12)           0              0",
        "2  Conv2d(20, 50, 5)    (50, 8, 8)        25,050      1,600,000",
        "3  MaxPool2d(2)         (50, 4, 4)             0              0",
        "4  Flatten()            (800,)                 0              0",
        "5  Linear(800, 500)     (500,)           400,500        400,000",
        "6  ReLU()               (500,)                 0              0",
        "7  Linear(500, 10)      (10,)              5,010          5,000",
        "total                                    431,080      2,293,000",
    ])  # fmt: skip


def test_totals_rows_and_nested_networks():
    inner = [hg.Conv2d(4, 6, 3, stride=2, padding=1, groups=2, bias=False), hg.BatchNorm2d(6)]
    flat = hg.Sequential([*inner, hg.Flatten()]).summary((4, 9, 9))
    nested = hg.Sequential([hg.Sequential(inner), hg.Flatten()]).summary((4, 9, 9))
    assert flat.parameters == nested.parameters == 6 * 2 * 9 + 12
    assert flat.multiply_adds == nested.multiply_adds == 6 * 2 * 9 * 25
    assert [row.output_shape for row in nested.rows] == [(6, 5, 5), (150,)]


def test_a_long_name_widens_the_table():
    net = hg.Sequential([hg.Conv2d(1, 2, (3, 3), padding=1, bias=False), hg.ReLU()])
    lines = str(net.summary((1, 8, 8))).splitlines()
    assert len({len(line) for line in lines}) == 1
    assert lines[1].startswith("0  Conv2d(1, 2, (3, 3), padding=1, bias=False)    (2, 8, 8)  ")


def test_asking_for_another_shape_changes_nothing():
    net = hg.Sequential([hg.Conv2d(1, 2, 3), hg.MaxPool2d(2)], input_shape=(1, 28, 28))
    assert net.summary((1, 10, 10)).rows[-1].output_shape == (2, 4, 4)
    assert net.input_shape == (1, 28, 28)
