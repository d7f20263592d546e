"""The site of oauthcore."""
