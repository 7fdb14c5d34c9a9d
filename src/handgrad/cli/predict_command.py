"""``handgrad predict``."""

from pathlib import Path
from typing import Annotated

import numpy as np
from cyclopts import Parameter

from handgrad.cli.output import last_line, say
from handgrad.data import digit_from_picture
from handgrad.errors import ArgumentError
from handgrad.ops import softmax_forward
from handgrad.recipes import load


def run(
    run: Path,
    /,
    *images: Path,
    json_: Annotated[bool, Parameter(name="--json", negative=())] = False,
) -> None:
    """Which class a picture shows.

    PNG or JPEG of any size, dark on light or light on dark. The digit is brought to the form that MNIST has:
    scaled into a 20x20 box, its centre of mass in the middle of 28x28.

    Examples:

        handgrad predict runs/lenet-20260101-120000 digit.png

    Parameters
    ----------
    run
        a run folder
    images
        pictures
    json_
        print one JSON object as the last line
    """
    if not images:
        raise ArgumentError("predict", expected="at least one picture", got="none", hint="name a PNG or JPEG")
    trained = load(run)
    pictures = np.stack([digit_from_picture(image) for image in images])
    probabilities, _ = softmax_forward(trained.predict(pictures))
    answers = [
        {"image": str(image), "class": int(row.argmax()), "probability": float(row.max())}
        for image, row in zip(images, probabilities, strict=True)
    ]
    if json_:
        last_line({"run": str(run), "predictions": answers, "probabilities": probabilities.tolist()})
        return
    for answer in answers:
        say(f"{answer['image']}: {answer['class']} ({answer['probability']:.1%})")
