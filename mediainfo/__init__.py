"""MediaInfo in child processes: what it does with a file can hold up or end nothing else."""
