"""What has access to a person's data, and how they end it."""
