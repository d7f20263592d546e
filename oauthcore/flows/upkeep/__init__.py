"""Upkeep of a site: removing old rows, and ending secrets that have leaked."""
