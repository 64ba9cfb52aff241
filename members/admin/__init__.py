"""The room at the desk, one noun a module; importing them registers their screens."""

from members.admin import (  # noqa: F401
    access,
    applications,
    ballots,
    decisions,
    memberships,
    memorandum,
    people,
    register,
)
