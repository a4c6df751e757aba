"""A quality instead of a number, measured: what a search promises beside what the whole film then has."""
