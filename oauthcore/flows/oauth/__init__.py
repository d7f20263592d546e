"""What OAuth does for applications: who is calling, what they ask for, what they get."""
