"""The course's `applications`."""

from handgrad.courses.cs5242.applications import *
