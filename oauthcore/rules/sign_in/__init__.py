"""What people and their devices show of themselves: logins, codes, passkeys."""
