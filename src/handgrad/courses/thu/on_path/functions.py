"""The course's `functions`."""

from handgrad.courses.thu.functions import *
