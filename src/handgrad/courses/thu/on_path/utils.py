"""The course's `utils`."""

from handgrad.courses.thu.utils import *  # noqa: F403
