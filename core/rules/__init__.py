"""The rules: pure functions from a film and the settings to decisions with reasons."""
