"""The command line: one module a command, ``entry`` picks it, ``output`` shows its answer."""
