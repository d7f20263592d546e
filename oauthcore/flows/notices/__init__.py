"""Mails to people, and what they say."""
