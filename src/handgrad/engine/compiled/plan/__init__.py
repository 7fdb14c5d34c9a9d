"""From a network, a loss and an optimizer to the programs that run them."""
