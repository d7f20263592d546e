"""Mastodon's dialect: what its clients ask for beside OAuth. ``oauthcore.mastodon_urls`` routes it."""
