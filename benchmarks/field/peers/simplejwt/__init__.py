"""The site of simplejwt."""
