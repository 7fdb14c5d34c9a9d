"""`utils` of the course: `tools`, `check_grads` and `datasets`."""
