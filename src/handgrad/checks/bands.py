"""What a relative error means, in words."""

BANDS = (
    (1e-7, "right", "the same numbers, but for rounding"),
    (1e-5, "right", "as near as central differences or float32 arithmetic come"),
    (1e-3, "doubtful", "near, yet no rounding: an epsilon in the formula, or a term that is small here"),
    (float("inf"), "wrong", "other numbers"),
)


def band(error: float) -> tuple[str, str]:
    """The verdict on a relative error, and why.

    Example:
        >>> band(1e-9)[0], band(0.3333)[0]
        ('right', 'wrong')
    """
    for limit, verdict, reason in BANDS:
        if error <= limit:
            return verdict, reason
    return BANDS[-1][1:]


def legend() -> str:
    """The bands on one line."""
    return "relative error: up to 1e-5 right, up to 1e-3 doubtful, above that wrong"
