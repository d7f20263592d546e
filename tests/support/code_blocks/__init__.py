"""The code blocks of our pages, and how each language is run or parsed."""
