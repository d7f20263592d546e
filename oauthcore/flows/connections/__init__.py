"""What has access to a person, and ending it."""
