"""What DeviantArt's dialect does that OAuth does not."""
