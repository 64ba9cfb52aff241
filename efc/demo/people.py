"""Who sits where and who can sign in: roles, never persons, with addresses under `.example`."""

from datetime import timedelta

from django.utils import timezone

from efc import roles
from efc.demo.accounts import ACCOUNTS
from efc.demo.rows import make
from efc.models import User
from efc.permissions import grant, redraw
from members.models import AccessReview, Organisation, Person, Representative, Seat
from members.services import access
from workpackages.models import Lead, LeadPerson

# e-mail name of an account: (roles given by hand, the organisation it acts for, its seat, the work package it leads)
DUTIES = {
    "secretariat": ([roles.SECRETARIAT], "missing-children-europe", Seat.Kind.SECRETARIAT, None),
    "second-officer": ([roles.SECRETARIAT, roles.SAFEGUARDING], "missing-children-europe", None, None),
    "chair": ([], "ec3", Seat.Kind.CHAIR, None),
    "steering-group": ([], "inhope", Seat.Kind.FULL, None),
    "advisory": ([], "icmec", Seat.Kind.ADVISORY, None),
    "lead": ([], "cepol", None, 4),
    "member": ([], "western-union", None, None),
    "observer": ([], "dg-home", Seat.Kind.OBSERVER, None),
    "test-coordinator": ([roles.COORDINATOR], "ec3", None, None),
    "test-evaluator": ([roles.EVALUATOR], "eurojust", None, None),
    **{
        slug: ([], slug, Seat.Kind.FULL, None)
        for slug in (
            "cepol",
            "eurojust",
            "google",
            "mastercard",
            "microsoft",
            "missing-children-europe",
            "paypal",
            "visa-europe",
        )
    },
}
# Those whose people have been confirmed in this year's review.
CONFIRMED = ("eurojust", "google", "microsoft", "paypal")


def load(today, organisations, packages):
    """Make the accounts, the representatives, the holders of the seats and a contact person for every member."""
    for role, email, password in ACCOUNTS:
        if not User.objects.filter(email=email).exists():
            account(role, email, password, today, organisations, packages)
    seats = Seat.objects.as_of(today).select_related("organisation")
    for seat in seats.filter(organisation__in=organisations.values()):
        fill(seat)
    known = Representative.objects.filter(is_contact=True).values("organisation")
    for organisation in Organisation.objects.members(today).exclude(pk__in=known):
        represent(organisation, f"{organisation.slug}.contact@coalition.example", f"Contact person of {organisation}")
    redraw()


def account(role, email, password, today, organisations, packages):
    """Make one sign-in with its groups, its organisation, its seat and its grants."""
    groups, slug, seat, leads = DUTIES[email.partition("@")[0]]
    user = User.objects.create_user(email, password, full_name=role, is_staff=roles.SECRETARIAT in groups)
    for name in groups:
        grant(user, name, reason="Demonstration.")
    person = Person.objects.create(name=role, email=email, user=user)
    Representative.objects.create(organisation=organisations[slug], person=person, function=role, is_contact=True)
    if leads:
        lead = Lead.objects.get(work_package=packages[str(today.year), leads], organisation=organisations[slug])
        LeadPerson.objects.create(lead=lead, person=person)
    if seat:
        Seat.objects.as_of(today).filter(organisation=organisations[slug], kind=seat, holder=None).update(holder=person)


def fill(seat):
    """Name a holder and an alternate by their role where there is none; observers send whom they choose."""
    organisation, address = seat.organisation, f"{seat.organisation.slug}.{seat.kind}"
    wanted = {"holder": (address, f"Representative of {organisation}")}
    if seat.kind != Seat.Kind.OBSERVER:
        wanted["alternate"] = (f"{address}.alternate", f"Alternate for {organisation}")
    missing = {place: facts for place, facts in wanted.items() if getattr(seat, f"{place}_id") is None}
    for place, (email, role) in missing.items():
        setattr(seat, place, represent(organisation, f"{email}@coalition.example", role, is_contact=place == "holder"))
    if missing:
        seat.save(update_fields=list(missing))


def represent(organisation, email, role, *, is_contact=True):
    """Let a person of this role act for an organisation. Returns: the person."""
    person, made = make(Person, {"email": email}, name=role)
    if made:
        Representative.objects.create(organisation=organisation, person=person, function=role, is_contact=is_contact)
    return person


def review(today, organisations):
    """Ask every organisation who acts for it, where nobody has asked yet; some have answered."""
    if AccessReview.objects.exists():
        return
    officer = User.objects.get(email="secretariat@coalition.example")
    title, due_on = f"Access review of {today.year}", max(today, timezone.localdate()) + timedelta(days=42)
    asked = access.open_review(title=title, due_on=due_on, by=officer)
    for slug in CONFIRMED:
        access.confirm_people(asked, organisations[slug], by=User.objects.get(email=f"{slug}@coalition.example"))
