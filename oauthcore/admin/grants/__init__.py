"""What people have allowed, and where they are signed in."""
