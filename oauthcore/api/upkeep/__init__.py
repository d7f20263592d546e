"""What operators and their tools ask: whether the process lives, and whether it can serve."""
