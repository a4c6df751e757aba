"""From a plan to a verified result in the film's place: running tools, proving results, swapping."""
