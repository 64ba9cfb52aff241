"""The control of `prove_mail`: the portal's worker with the ledger's main defence switched off.

    celery -A tests.bench.careless worker

One stray outer transaction around a run: nothing the ledger commits is committed before the run ends.
"""

import os
from types import SimpleNamespace

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "efc.settings")
django.setup()

from django.db import transaction  # noqa: E402

from efc import ledger  # noqa: E402
from efc.celery import app  # noqa: E402, F401
from newsletter import sending  # noqa: E402

ledger.reap = ledger.reap.__wrapped__
ledger.refuse_outer_transaction = lambda: None
ledger.transaction = SimpleNamespace(atomic=lambda durable: transaction.atomic())
sending.send = transaction.atomic(sending.send)
