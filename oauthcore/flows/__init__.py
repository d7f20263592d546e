"""What OAuth does, one module for each of its acts; functions read like their RFC section."""
