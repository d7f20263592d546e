"""The site of api_key."""
