"""The course's `load_data`."""

from handgrad.courses.thu.load_data import *
