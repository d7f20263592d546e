"""The site of plain."""
