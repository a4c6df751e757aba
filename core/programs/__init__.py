"""The outside programs as objects: where each lies, what it says of itself, what its output means."""
