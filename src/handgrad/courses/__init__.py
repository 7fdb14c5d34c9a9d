"""Five university courses: drop-in modules for their scripts, their data files, and all that they ask for."""

from handgrad.courses.catalogue import course_names, find_course
from handgrad.courses.course import Course

__all__ = ["Course", "course_names", "find_course"]
