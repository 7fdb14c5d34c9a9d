"""What runs beside a submission, in the sandbox.

The folder is copied there under another name, where handgrad is not: its modules import the standard library,
NumPy and each other, by relative imports, and nothing else.
"""
