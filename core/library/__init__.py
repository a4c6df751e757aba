"""What the watched folders hold: films with what they are, how they are, and what processing would save."""
