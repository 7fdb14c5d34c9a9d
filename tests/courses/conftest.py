collect_ignore_glob = ["*/script.py"]  # texts for other processes: their modules cannot be imported here
