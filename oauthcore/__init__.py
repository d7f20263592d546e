"""oauthcore: the app a Django site installs to become an OAuth 2.1 provider."""
