"""Logging in to the browser, in one step or two. A site imports the login page, and what its own needs."""

from oauthcore.flows.passwords.password_tries import count_password
from oauthcore.pages.login.completing_login import complete_login
from oauthcore.pages.login.login import LoginView

__all__ = ["LoginView", "complete_login", "count_password"]
