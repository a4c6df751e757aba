"""MediaInfo in child processes, so that a hang or a crash affects nothing else."""
