"""Signing keys for staff: which are published, since when, and which one signs."""
