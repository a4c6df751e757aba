"""A quality instead of a number: which number of an encoder gives a film the quality that was asked for."""
