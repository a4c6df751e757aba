"""How text is read and shown: sizes, names that play no tricks, secrets taken out."""
