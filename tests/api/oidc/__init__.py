"""The OpenID endpoints for programs."""
