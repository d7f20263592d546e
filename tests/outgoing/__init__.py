"""Reading documents from hosts that strangers name."""
