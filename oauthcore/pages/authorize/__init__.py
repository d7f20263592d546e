"""The authorize page: consent, and bringing the answer to the application."""
