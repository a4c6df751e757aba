"""The messages between machines, as values; ``cluster`` transports them."""
