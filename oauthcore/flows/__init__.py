"""Flows: one function for each action, one folder for each subject. Functions read like their RFC."""
