"""The audit log: one append-only row per act, sealed into a hash chain by a job after commit.

Rows are written inside the verb's transaction, so that an act and its row stand or fall together. Sealing (numbering and
chaining) happens afterwards, so that verbs do not queue behind one lock. The database refuses to change or remove a row.
"""

import hashlib
import json
from contextlib import contextmanager
from contextvars import ContextVar

from django.apps import apps
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from efc.models import AuditEntry, AuditSeal

START = "0" * 64
SEAL_LOCK = 0x0EFC_A0D17
OUTSIDERS = {"applicant": _("the applicant")}  # who acts over a signed link, without an account
_outsider = ContextVar("outsider", default="")


@contextmanager
def acting(outsider):
    """Write what nobody with an account does meanwhile as done by one of `OUTSIDERS`; decorates a verb: `@audit.acting("applicant")`."""
    token = _outsider.set(outsider)
    try:
        yield
    finally:
        _outsider.reset(token)


def record(verb, target=None, by=None, **data):
    """Write that `by` (a User; None is the system) did `verb` to `target`.

    Of a record whose model says `AUDITED_APART` the entry keeps which one it was and nothing of what stands in it.
    Writes: one AuditEntry, in the transaction of the caller. Returns: the entry.
    """
    is_apart = getattr(target, "AUDITED_APART", False)
    if is_apart:
        data = {}
    actor = by.pseudonym if by is not None and by.pk else _outsider.get()
    entry = AuditEntry(verb=verb, actor=actor, data=data)
    if target is not None:
        entry.target_type = target._meta.label_lower
        entry.target_id = str(target.pk)
        entry.target_label = "" if is_apart else str(target)[:200]
    entry.save(force_insert=True)
    return entry


def entries_about(target):
    """Return the entries about one record, newest first."""
    return AuditEntry.objects.filter(target_type=target._meta.label_lower, target_id=str(target.pk))


def apart():
    """Return the kinds of records whose entries only their own readers see: how many there are would tell too much."""
    return [model._meta.label_lower for model in apps.get_models() if getattr(model, "AUDITED_APART", False)]


def digest(previous, entry):
    """Return the hash that seals `entry` after the seal `previous` (hex)."""
    body = {
        "id": entry.pk,
        "at": entry.at.isoformat(),
        "verb": entry.verb,
        "actor": entry.actor,
        "target": [entry.target_type, entry.target_id, entry.target_label],
        "data": entry.data,
    }
    line = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(f"{previous}{line}".encode()).hexdigest()


@transaction.atomic
def seal(limit=5000):
    """Number and chain the entries that have no seal yet, oldest first. Returns: how many were sealed."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s)", [SEAL_LOCK])
        if not cursor.fetchone()[0]:
            return 0
    last = AuditSeal.objects.order_by("-number").first()
    number, previous = (last.number, last.hash) if last else (0, START)
    seals = []
    for entry in AuditEntry.objects.filter(seal=None).order_by("id")[:limit]:
        number, previous = number + 1, digest(previous, entry)
        seals.append(AuditSeal(number=number, entry=entry, hash=previous))
    AuditSeal.objects.bulk_create(seals)
    return len(seals)


def verify():
    """Walk the chain. Returns: (seals checked, number of the first broken seal or None, unsealed entries, age of the oldest)."""
    previous, checked = START, 0
    for chained in AuditSeal.objects.select_related("entry").order_by("number").iterator(2000):
        if chained.number != checked + 1 or chained.hash != digest(previous, chained.entry):
            return checked, checked + 1, *_unsealed()
        previous, checked = chained.hash, checked + 1
    return checked, None, *_unsealed()


def _unsealed():
    from django.utils import timezone

    waiting = AuditEntry.objects.filter(seal=None)
    oldest = waiting.order_by("id").first()
    return waiting.count(), (timezone.now() - oldest.at) if oldest else None


def actor_names(entries):
    """Return {actor: name} of who stands in these entries: people through the accounts that still exist, and who has none."""
    from django.contrib.auth import get_user_model

    wanted = {entry.actor for entry in entries if entry.actor}
    found = {actor: str(name) for actor, name in OUTSIDERS.items() if actor in wanted}
    if wanted - found.keys():
        found |= {u.pseudonym: str(u) for u in get_user_model().objects.all() if u.pseudonym in wanted}
    return found


def note_sign_in(sender, request, user, **kwargs):
    record("efc.user.sign_in", user, user)


def note_failed_sign_in(sender, credentials, request=None, **kwargs):
    record("efc.user.sign_in_failed")
