"""The library for AI tools: a server of the Model Context Protocol at ``/mcp``."""
