"""What DeviantArt's and Mastodon's clients expect beside OAuth."""
