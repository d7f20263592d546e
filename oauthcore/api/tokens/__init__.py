"""What a token says of itself."""
