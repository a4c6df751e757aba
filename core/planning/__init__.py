"""From a film and the settings to a plan, and what a plan comes to."""
