"""The page for the phone: who may see it, its texts, and the HTTP server that hands it out."""
