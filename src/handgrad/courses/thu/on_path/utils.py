"""The course's `utils`."""

from handgrad.courses.thu.utils import *
