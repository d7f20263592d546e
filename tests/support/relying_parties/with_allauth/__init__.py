"""A site that signs people in with allauth's OpenID Connect provider."""
