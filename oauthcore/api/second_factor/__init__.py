"""Switching the second factor on and off from an app."""
