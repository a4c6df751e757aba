"""Reports about past work: statistics, charts, log entries."""
