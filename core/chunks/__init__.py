"""A film's picture in chunks: where it is cut, what each must hold, who makes which."""
