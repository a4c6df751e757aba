"""A film's picture made in chunks: finding borders, encoding, proving and joining them."""
