"""From what MediaInfo and ffprobe say to the model: pure functions on their dictionaries."""
