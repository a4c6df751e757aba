"""A job from its beginning to its end, and the queue as a whole."""
