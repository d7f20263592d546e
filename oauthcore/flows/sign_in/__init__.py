"""Signing in from an app: the device sessions it opens, and their tokens."""
