"""A report with everything in it that one can hold."""

from pathlib import Path

import numpy as np

from handgrad.report import Chart, Line, curves_figure, pictures_figure, save_figure

TITLE = 'A <sample> & "report" #1 of $5'

HOSTILE = [
    "#let x = 1",
    "$5 and $6",
    "@someone",
    "<script>alert(1)</script>",
    "<label>",
    "//comment /* other */",
    "= no heading",
    "no - item",
    "quotes \" and '",
    "back\\\\slash",
    "under_score and ~tilde~",
    "[brackets] {braces} (round)",
    "#panic() \\u{41} `",
    "ÄÖÜ λ ≥ 日本",
]

TEXT = rf"""# {TITLE}

It trains *two* networks, **an MLP** and ~~three~~ `one_{{x}} #y "z"`, with
$\hat{{y}} = \operatorname{{softmax}}(a)$.
A hard break\
follows, a [page](https://example.org/a_b?c=1&d=2 "A title"), a [heading](#1-lists-and-words).

{chr(10).join(f"* {line}" for line in HOSTILE)}

## 1. Lists and words

- one $x^2$

  3. three
  4. four

- loose

  second paragraph

  $$ a = b $$

> Quoted *words*.

---

$$
\begin{{aligned}} L &= \sum_n \log p_n \\ &= \frac{{1}}{{2}} \end{{aligned}}
$$

### Tables

| Left | Right | Middle |
|:--|--:|:-:|
| #a \| b | 50,890 | **97.02%** |
| $W_1$ | `c` | |

```python
def f(x):  # "quoted" \ $5 <b>
    return x
```

    indented <block> #1

![Curves with $\eta = 0.1$ & *more*.](figures/curves.svg)

![Pictures.](figures/pictures.svg)
![A bitmap.](figures/pictures.png)
"""

FORMULAS = 6
HEADINGS = ["1. Lists and words", "Tables"]
CAPTIONS = ["Curves with", "Pictures.", "A bitmap."]


def draw_figures(folder: Path) -> None:
    """What the text shows."""
    figures = folder / "figures"
    figures.mkdir()
    chart = Chart("A chart", "x", "y", [Line("a", [0, 1], [0, 1])])
    save_figure(curves_figure([chart]), figures / "curves.svg")
    for ending in ("svg", "png"):
        save_figure(pictures_figure(np.eye(4)[None], titles=["an eye"]), figures / f"pictures.{ending}")
