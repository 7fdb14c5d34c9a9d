"""What runs in the sandbox beside a submission: copied there with `checks.passes`, and importing no more.

No right answer and no label of a test image is ever in here.
"""
