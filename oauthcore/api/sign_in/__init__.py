"""Signing in from an app, and the devices on which a person is signed in."""
