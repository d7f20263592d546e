"""Mastodon's dialect: what its clients ask for beside OAuth. ``oauthcore.urls.mastodon`` routes it."""
