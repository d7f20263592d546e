"""OpenID Connect: claims, subjects and id tokens."""
