"""A plan turned into argv lists."""
