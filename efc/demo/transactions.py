"""Some requests in the register of test transactions, made up and marked as such: who asked whom, when, and what came of it."""

from datetime import timedelta

from members.models import Organisation, Sector
from workpackages.models import Outcome, TestTransaction
from workpackages.services import transactions as register

# (days before today, who asks, who is asked, days until each step, how it ended: an outcome and figures, or the status it stands at)
REQUESTS = [
    (690, "dutch-national-police", "mastercard", (3, 9, 20, 24), (Outcome.WENT_THROUGH, 4, 2, 1, 14)),
    (655, "IT", "visa-europe", (5, 12, 25, 30), (Outcome.MERCHANT_IDENTIFIED, 3, 1, 2, 11)),
    (610, "ec3", "paypal", (2, 6, 19, 26), (Outcome.ACCOUNT_CLOSED, 6, 3, 0, 16)),
    (560, "SE", "western-union", (12,), "declined"),
    (505, "ec3", "visa-europe", (4, 10, 22, 23), (Outcome.WENT_THROUGH, 2, 1, 1, 9)),
    (440, "CH", "mastercard", (7, 15, 33, 40), (Outcome.REFUSED, 5, 0, 0, 12)),
    (390, "dutch-national-police", "paypal", (3, 8, 18, 21), (Outcome.WENT_THROUGH, 3, 2, 1, 10)),
    (330, "IT", "mastercard", (6, 11, 28, 35), (Outcome.NO_RESULT, 2, 0, 0, 7)),
    (270, "GB", "visa-europe", (2, 7, 16, 20), (Outcome.WENT_THROUGH, 4, 1, 1, 13)),
    (215, "ec3", "western-union", (9, 17, 30, 32), (Outcome.MERCHANT_IDENTIFIED, 3, 2, 1, 15)),
    (150, "SE", "paypal", (4, 9, 21), (Outcome.WENT_THROUGH, 2, 1, 0, 8)),
    (95, "dutch-national-police", "visa-europe", (5,), "withdrawn"),
    (48, "ec3", "mastercard", (3, 10), "carried_out"),
    (26, "IT", "paypal", (6,), "accepted"),
    (11, "CH", "western-union", (), "requested"),
]


def load(today, organisations):
    """Enter the requests by the verbs, each on a day on which both sides belonged to the coalition; else the next of their kind asks."""
    if TestTransaction.objects.exists():
        return
    for days_ago, asks, asked, steps, end in REQUESTS:
        day = today - timedelta(days=days_ago)
        enter(day, asks, member(asked, organisations, Sector.PAYMENT, day), steps, end, organisations)


def member(slug, organisations, sector, day):
    """Return this organisation, or another of its sector where it was no member on that day."""
    members = Organisation.objects.members(day).filter(sector=sector).order_by("slug")
    return members.filter(pk=organisations[slug].pk).first() or members.first()


def enter(day, asks, provider, steps, end, organisations):
    """Enter one request and take it as far as it came."""
    if asks in organisations:
        asking = {"authority": organisations[asks]}
        if not Organisation.objects.members(day).filter(pk=organisations[asks].pk).exists():
            asking = {"authority_country": "NL"}
    else:
        asking = {"authority_country": asks}
    row = register.register_request(
        by=None, provider=provider, requested_on=day, is_another=True, is_demo=True, **asking
    )
    after = [day + timedelta(days=days) for days in steps]
    if end == "declined":
        register.decline_request(row, by=None, answered_on=after[0])
    elif after:
        register.accept_request(row, by=None, answered_on=after[0])
    if end == "withdrawn":
        register.withdraw_request(row, by=None, closed_on=after[0] + timedelta(days=6))
    if len(after) > 1:
        register.carry_out_request(row, by=None, carried_out_on=after[1])
    if len(after) > 2:
        outcome, *numbers = end
        figures = dict(
            zip(("means_checked", "accounts_referred", "merchants_referred", "hours_spent"), numbers, strict=True)
        )
        register.evaluate_request(row, by=None, evaluated_on=after[2], outcome=outcome, **figures)
    if len(after) > 3:
        register.close_request(row, by=None, closed_on=after[3])
