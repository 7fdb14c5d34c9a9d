"""The kernels: what runs, in machine code, for each kind of layer."""
