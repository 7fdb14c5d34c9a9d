"""The course's `utils`."""
