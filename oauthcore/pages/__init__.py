"""The face for people: consent, login, and what to say when something is wrong."""
