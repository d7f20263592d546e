"""The rules of OAuth: scopes, redirect URIs, PKCE, client authentication."""
