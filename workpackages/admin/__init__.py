"""The room at the desk, one noun a module; importing them registers their screens."""

from workpackages.admin import deliverables, reports, work  # noqa: F401
