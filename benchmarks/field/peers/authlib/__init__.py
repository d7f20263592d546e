"""The site of authlib."""
