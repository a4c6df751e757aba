"""The settings: declared once, read and written as text and JSON."""
