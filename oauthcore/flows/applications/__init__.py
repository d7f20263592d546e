"""What developers and staff do with applications."""
