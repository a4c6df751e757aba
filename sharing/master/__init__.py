"""A master's work: films handed out, results taken in, and how all machines are."""
