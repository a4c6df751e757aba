"""Finding the outside programs: where they are, how old, and what they can do."""
