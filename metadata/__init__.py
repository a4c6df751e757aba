"""What Sonarr, Radarr and OMDb know of a film.

``service`` asks them and keeps their answers; ``keys`` holds what the user entered.
"""
