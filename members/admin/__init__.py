"""The room at the desk, one noun a module; importing them registers their screens."""

from members.admin import register  # noqa: F401
