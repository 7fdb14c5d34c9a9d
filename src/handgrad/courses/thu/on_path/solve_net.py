"""The course's `solve_net`."""

from handgrad.courses.thu.solve_net import *
