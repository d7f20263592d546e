"""What all pages share: headers, errors, who is let in, what was just done."""
