"""The program's parts and what is done with them: what the window and the command line have in common."""
