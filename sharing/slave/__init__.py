"""A slave's work: a master's films made on this machine."""
