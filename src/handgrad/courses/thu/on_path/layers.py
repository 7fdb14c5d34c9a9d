"""The course's `layers`."""

from handgrad.courses.thu.layers import *  # noqa: F403
