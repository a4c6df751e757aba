"""A quality instead of a number: measuring films and trials, and choosing what a film is encoded with."""
