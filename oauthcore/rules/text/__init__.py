"""What people write: names, numbers, sizes."""
