"""What this server reads from elsewhere: documents at addresses that strangers name."""
