"""Reading requests and writing answers, for every endpoint of ours."""
