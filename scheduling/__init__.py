"""How the queue works off its jobs: which kind may run, when, on what, and what follows an error."""
