"""What is done: one function for each act, one folder for each subject. Functions read like their RFC."""
