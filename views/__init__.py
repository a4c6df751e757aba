"""What the window shows: each tab and each part of one in a module, without threads, SQL or files."""
