"""The site of knox."""
