"""What is made for people to read later: the log as a page, reports, bundles for bug reports."""
