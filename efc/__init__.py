"""The portal itself: ground floor (models, roles, audit, workflow, mail, PDF, files) and roof (addresses, public pages, desk).

The ground knows no room; the roof knows every room. CONTRIBUTING.md has the floor plan.
"""
