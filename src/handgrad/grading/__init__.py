"""Grading: a class of submissions, each run where it can do no harm, with points and the reason for each."""
