"""What machines say to each other, as values; ``cluster`` carries it."""
