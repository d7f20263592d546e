"""The pages for people: consent, login, security, connections, applications and errors."""
