"""The site of authtoken."""
