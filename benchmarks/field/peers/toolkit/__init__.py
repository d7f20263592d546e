"""The site of toolkit."""
