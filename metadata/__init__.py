"""What Sonarr, Radarr and OMDb know of a film.

Nothing is asked yet: this version decides from the file and its name alone, and where those do not
tell the film's native language every track that could be in it stays.
"""
