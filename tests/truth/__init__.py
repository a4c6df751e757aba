"""Measurements: the sound and the picture of real results, compared with what went in."""
