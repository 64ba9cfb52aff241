"""What a door answers (visitor, member, officer), and the word that shows what must not be shown."""

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
CANARY = "quagga"  # stands in everything that is not public

SHOWN = (200, 200, 200)
NOT_SENT = (405, 405, 405)
PAGE = SHOWN, NOT_SENT
FORM = SHOWN, (422, 422, 422)
DESK = (302, 302, 200)  # who has no business there is led to the sign-in page
READ_INSIDE = (302, None, 200), (302, 405, 405)  # None: which member reads it, the tests of the room say

# The API. Who is not signed in is asked who they are (401) before anything else; an act is a POST only.
OWN = (401, 200, 200), (401, 405, 405)
VERB = (401, 405, 405), (401, None, None)  # which the rights to the record decide: tests/members/test_the_*_api.py
