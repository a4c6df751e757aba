"""SQLite: one connection a thread, numbered migrations, one module for each family of tables."""
