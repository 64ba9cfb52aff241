"""The room at the desk, one noun a module; importing them registers their screens."""

from workpackages.admin import collection, deliverables, milestones, reports, risks, work  # noqa: F401
