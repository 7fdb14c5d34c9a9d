"""The course's `models`."""

from handgrad.courses.cs5242.models import *
