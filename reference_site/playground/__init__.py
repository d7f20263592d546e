"""The front page. An application in the visitor's browser asks this site for access, step by step."""
