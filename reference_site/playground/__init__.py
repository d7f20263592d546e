"""The front page: an application in the visitor's browser asks this very site for access, step by step."""
