"""What keeps a site in order: cleaning up, and ending what has leaked."""
