"""The room at the desk, one noun a module; importing them registers their screens."""

from workpackages.admin import collection, deliverables, documents, milestones, reports, risks, tasks, work  # noqa: F401
