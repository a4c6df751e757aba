"""What a film is: tracks, languages, damage, and what names and identifies it."""
