"""What is told of the past: figures, charts, log entries."""
