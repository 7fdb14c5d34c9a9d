"""``handgrad predict``."""

from pathlib import Path

import numpy as np
from cyclopts import App

from handgrad.cli.options import Json
from handgrad.cli.output import last_line, say, warn
from handgrad.data import digit_from_picture
from handgrad.errors import ArgumentError, DataError
from handgrad.recipes import load

EXAMPLES = """Examples:

  handgrad predict runs/lenet-20260101-120000 digit.png
  handgrad predict runs/lenet-20260101-120000 scans/*.jpg --json

PNG or JPEG of any size, dark on light or light on dark. Each digit is brought
to the form of MNIST: scaled into a box of 20x20 pixels, its centre of mass in
the middle of 28x28, white on black.
"""

USAGE = "Usage: handgrad predict RUN IMAGE... [OPTIONS]"

app = App(name="predict", usage=USAGE, help_epilogue=EXAMPLES)


@app.default
def run(run: Path, /, *images: Path, json: Json = False) -> int:
    """Which class a picture shows.

    Parameters
    ----------
    run
        a run folder
    images
        pictures of one digit each
    """
    if not images:
        raise ArgumentError("predict", expected="at least one picture", got="none", hint="name a PNG or JPEG")
    trained = load(run)
    read, unread = [], []
    for image in images:
        try:
            read.append((image, digit_from_picture(image)))
        except DataError as error:
            unread.append(error)
            warn(str(error))
    if not read:
        return 1
    if trained.recipe.data.name == "digits":
        warn("this run learnt the small stand-in digits, not MNIST: expect mistakes")
    pictures = np.stack([picture for _, picture in read])
    classes = trained.predict(pictures).argmax(axis=1)
    probabilities = trained.probabilities(pictures)
    answers = []
    for position, ((image, _), found) in enumerate(zip(read, classes.tolist(), strict=True)):
        answer: dict[str, object] = {"image": str(image), "class": found}
        if probabilities is not None:
            answer["probability"] = float(probabilities[position, found])
            answer["probabilities"] = probabilities[position].tolist()
        answers.append(answer)
        if not json:
            sure = f" ({answer['probability']:.1%})" if probabilities is not None else ""
            say(f"{image}: {found}{sure}")
    if json:
        last_line({"run": str(run), "predictions": answers})
    return 1 if unread else 0
