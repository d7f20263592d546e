"""Logging out for applications: at their request, and telling them of it (OpenID Connect)."""
