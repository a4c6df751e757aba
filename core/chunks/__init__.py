"""One film's picture in chunks: where it may be cut, what each chunk must hold. Pure, like all of core."""
