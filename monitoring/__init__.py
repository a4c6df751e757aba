"""Watching folders for films; ``monitor`` is its front door."""
