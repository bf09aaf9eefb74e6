"""The search for pairs: runs, suggestions with their reasons, and proposals to both."""
