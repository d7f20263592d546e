"""Service tokens for staff: made, found, rotated, ended."""
