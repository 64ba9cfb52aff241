"""The room in the API, one noun a module: programmes and work packages for everybody, the rest for who is signed in and may see it."""

from workpackages.api import collection, deliverables, documents, extensions, milestones, risks, tasks, work

MODULES = [work, collection, deliverables, documents, extensions, milestones, risks, tasks]


def register(router):
    for module in MODULES:
        module.register(router)
