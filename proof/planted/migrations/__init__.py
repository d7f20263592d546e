"""The migration that is to be noticed."""
