"""The site of allauth."""
