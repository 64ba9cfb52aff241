"""The verbs of the work, one noun a module."""
