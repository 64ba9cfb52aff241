"""Who sits where and who can sign in: roles, never persons, with addresses under `.example`."""

from django.contrib.auth.models import Group

from efc import roles
from efc.demo.accounts import ACCOUNTS
from efc.demo.rows import make
from efc.models import User
from efc.permissions import grant
from members.models import Person, Representative, Seat

# e-mail name of an account: (groups, the organisation it acts for, its seat)
DUTIES = {
    "secretariat": ([roles.SECRETARIAT], "missing-children-europe", Seat.Kind.SECRETARIAT),
    "second-officer": ([roles.SECRETARIAT, roles.SAFEGUARDING], "missing-children-europe", None),
    "chair": ([roles.CHAIR, roles.STEERING_GROUP], "ec3", Seat.Kind.CHAIR),
    "steering-group": ([roles.STEERING_GROUP], "inhope", Seat.Kind.FULL),
    "advisory": ([roles.ADVISORY_MEMBER], "icmec", Seat.Kind.ADVISORY),
    "lead": ([roles.REPRESENTATIVE], "cepol", None),
    "member": ([roles.REPRESENTATIVE], "western-union", None),
    "observer": ([roles.OBSERVER], "dg-home", Seat.Kind.OBSERVER),
}
LEADS = ("lead", 4)


def load(today, organisations, packages):
    """Make the accounts, the representatives and the holders of the seats."""
    for role, email, password in ACCOUNTS:
        if not User.objects.filter(email=email).exists():
            account(role, email, password, today, organisations, packages)
    for seat in Seat.objects.as_of(today).filter(holder=None, organisation__in=organisations.values()):
        fill(seat)


def account(role, email, password, today, organisations, packages):
    """Make one sign-in with its groups, its organisation, its seat and its grants."""
    groups, slug, kind = DUTIES[email.partition("@")[0]]
    user = User.objects.create_user(email, password, full_name=role, is_staff=roles.SECRETARIAT in groups)
    user.groups.set(Group.objects.filter(name__in=groups))
    person = Person.objects.create(name=role, email=email, user=user)
    Representative.objects.create(organisation=organisations[slug], person=person, function=role)
    if roles.REPRESENTATIVE in groups:
        grant(user, "representative", organisations[slug])
    name, number = LEADS
    if email.startswith(f"{name}@"):
        grant(user, "lead", packages[str(today.year), number])
    if kind:
        Seat.objects.as_of(today).filter(organisation=organisations[slug], kind=kind, holder=None).update(holder=person)


def fill(seat):
    """Name a holder and an alternate by their role; observers send whom they choose."""
    slug, name = seat.organisation.slug, str(seat.organisation)
    seat.holder, _made = make(
        Person, {"email": f"{slug}.{seat.kind}@coalition.example"}, name=f"Representative of {name}"
    )
    if seat.kind != Seat.Kind.OBSERVER:
        seat.alternate, _made = make(
            Person, {"email": f"{slug}.{seat.kind}.alternate@coalition.example"}, name=f"Alternate for {name}"
        )
    seat.save(update_fields=["holder", "alternate"])
