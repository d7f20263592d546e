"""Logging in to the browser, in one step or two."""
