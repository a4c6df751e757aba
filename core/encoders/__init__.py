"""The encoders: the templates that they are called with, and what each can do."""
