"""Applications that register themselves."""
