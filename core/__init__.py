"""What the program knows and decides: standard library only, no I/O, no clock, no threads."""
