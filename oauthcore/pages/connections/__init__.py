"""The page on which people see what has access to them, and end it."""
