"""What machines of a network do for each other, above the wire (``cluster``) and beside the queue."""
