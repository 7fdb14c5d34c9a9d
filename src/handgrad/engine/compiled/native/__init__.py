"""Below the kernels: the language they are written in, the machine, the cache, the threads."""
