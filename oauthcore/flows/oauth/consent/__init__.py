"""The authorize page's acts: what has to be asked, the decision, and what a yes writes."""
