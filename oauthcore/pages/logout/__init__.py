"""The page that asks people whether to log out, when an application sends them there."""
