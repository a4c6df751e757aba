"""How text is read and shown: sizes, safe names, redaction of secrets."""
