"""The room in the API, one noun a module: programmes and work packages for everybody, the rest for who is signed in and may see it."""

from workpackages.api import collection, deliverables, extensions, milestones, risks, work

MODULES = [work, collection, deliverables, extensions, milestones, risks]


def register(router):
    for module in MODULES:
        module.register(router)
