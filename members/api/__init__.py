"""The room in the API, one noun a module: the public register for everybody, the rest for who is signed in and may see it."""

from members.api import access, applications, ballots, decisions, memberships, memorandum, people
from members.api import register as organisations

MODULES = [organisations, memberships, applications, ballots, decisions, memorandum, people, access]


def register(router):
    for module in MODULES:
        module.register(router)
