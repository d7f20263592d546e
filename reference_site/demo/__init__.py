"""The demo data: people, accounts, applications and pictures. Not for production."""
