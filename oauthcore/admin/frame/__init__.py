"""What all screens of the admin share."""
