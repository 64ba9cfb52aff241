"""The room at the desk, one noun a module; importing them registers their screens."""

from newsletter.admin import issues, mailings, subscribers  # noqa: F401
