"""The gate before every public form: a field that only programs fill, a form answered faster than one can read, exact limits.

Whoever trips it is not refused but asked to prove some work, which a browser does by itself; `GateMixin.closed` tells the view,
which offers another way to those without JavaScript. No third party is asked anything.
"""

import base64
import hashlib
import json
import secrets
from datetime import UTC, datetime, timedelta

import altcha
from django import forms
from django.conf import settings
from django.core.signing import BadSignature, TimestampSigner
from django.utils.html import format_html
from django.utils.translation import gettext as _

from efc import rates

signer = TimestampSigner(salt="efc.gate")
TRAP = "homepage"  # people do not see it
QUICKEST = timedelta(seconds=2)
PROOF_LIFE = timedelta(minutes=30)
PROOF_COST = 60_000  # hashes; about a second in a browser


class GateMixin:
    """A form behind the gate. Give it `request`; set `gate_scope` and `gate_limits`; put `{{ form.gate }}` into the form's HTML."""

    gate_scope = ""
    gate_limits: list = []

    def __init__(self, *args, request, **kwargs):
        super().__init__(*args, **kwargs)
        self.request = request
        self.closed = False

    @property
    def gate(self):
        """Return the gate's own fields: the trap, the signed time, and the task where the gate is closed."""
        trap = format_html(
            '<div class="trap" aria-hidden="true"><label for="id_{0}">{1}</label>'
            '<input type="text" name="{0}" id="id_{0}" tabindex="-1" autocomplete="off"></div>'
            '<input type="hidden" name="gate_time" value="{2}">',
            TRAP,
            _("Leave this empty"),
            signer.sign("open"),
        )
        if not self.closed:
            return trap
        task = format_html(
            '<div class="proof" data-proof="{}" data-done="{}"><input type="hidden" name="gate_proof"><p role="status">{}</p></div>',
            json.dumps(new_task()),
            _("Done. Please send the form again."),
            _("One moment: your browser is solving a small task, so that we know the form is not sent by a program."),
        )
        return trap + task

    def clean(self):
        data = super().clean()
        if not self.errors and self.suspicious() and not proof_holds(self.data.get("gate_proof", "")):
            self.closed = True
            raise forms.ValidationError(
                _("We want to be sure that a person sends this. Please wait a moment and send it again."), "gate"
            )
        return data if data is not None else self.cleaned_data

    def suspicious(self):
        return (
            bool(self.data.get(TRAP))
            or too_quick(self.data.get("gate_time", ""))
            or not rates.allow(self.gate_scope, rates.client_address(self.request), self.gate_limits)
        )


def too_quick(signed):
    """Say whether the form was sent faster than a person reads, or its time is missing, changed or a day old."""
    try:
        signer.unsign(signed, max_age=timedelta(days=1))
    except BadSignature:
        return True
    try:
        signer.unsign(signed, max_age=QUICKEST)
    except BadSignature:
        return False
    return True


def new_task():
    """Return a task as the ALTCHA protocol has it: find the number whose hash with the salt is `challenge`."""
    options = altcha.ChallengeOptions(
        hmac_key=settings.ALTCHA_HMAC_KEY, max_number=PROOF_COST, number=secrets.randbelow(PROOF_COST),
        expires=datetime.now(UTC) + PROOF_LIFE,
    )  # fmt: skip
    return altcha.create_challenge(options).__dict__


def proof_holds(payload):
    """Say whether `payload` solves a task of ours that is not old and was not used before."""
    if not payload or len(payload) > 4000:
        return False
    try:
        solved, _error = altcha.verify_solution(payload, settings.ALTCHA_HMAC_KEY, check_expires=True)
        challenge = json.loads(base64.b64decode(payload))["challenge"]
    except (ValueError, TypeError, KeyError, AttributeError):
        return False
    used = hashlib.sha256(str(challenge).encode()).hexdigest()
    return bool(solved) and rates.allow("proof", used, [(1, PROOF_LIFE.total_seconds() * 2)])
