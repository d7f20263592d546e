"""What staff do with service tokens."""
