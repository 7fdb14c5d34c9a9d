TRAINERS: dict = {}
