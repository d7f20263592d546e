"""A site that signs people in with mozilla-django-oidc."""
