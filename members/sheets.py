"""The register as tables: which columns a file of organisations, memberships, seats or people has, going out and coming in.

The names of columns and the values of lists are never translated, so that a file of one desk can be read at another.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from members.models import Decision, MembershipTerm, Organisation, Person, Representative, Seat

PROTECTED = "(protected)"  # stands for a protected identity in a file; coming in, it leaves the cell's value as it is
KEEP = object()
YES, NO = "yes", "no"


@dataclass(frozen=True)
class Column:
    """One column: `of(row)` is the row's value, `text(value)` how a cell shows it, `parse(text, known)` what a cell means.

    `to` names what the value is written to; a column without it is shown and never changed by a file.
    """

    name: str
    of: Callable
    parse: Callable
    to: str = ""
    text: Callable = str
    hint: str = ""
    required: bool = False
    key: bool = False

    def cell(self, row):
        value = self.of(row)
        return "" if value is None or value == "" else self.text(value).replace("\r\n", "\n").strip()


@dataclass(frozen=True)
class Sheet:
    """A kind of file: its columns, and what two rows may not share on the same days (`alike`, by the names of columns)."""

    name: str
    model: type
    columns: list
    alike: tuple = ()
    rows: Callable = field(default=lambda rows: rows)
    below: tuple = ()  # permissions on other models that reading such a file needs

    @property
    def keys(self):
        return [column for column in self.columns if column.key]

    def permissions(self):
        names = [self.model._meta.model_name, *self.below]
        return [f"members.{verb}_{name}" for name in names for verb in ("add", "change")]


class Known:
    """What cells can point to, each asked once: organisations by address, people by e-mail address, decisions by number."""

    def __init__(self):
        self.organisations = {row.slug: row for row in Organisation.objects.defer("search_vector")}
        self.people = {}
        for person in Person.objects.select_related("user").order_by("-user", "-pk"):
            for email in (person.email, person.user.email if person.user else ""):
                if email:
                    self.people[email.lower()] = person
        self.decisions = {row.number: row for row in Decision.objects.all()}


# ── what a cell means ────────────────────────────────────────────────────


def words(text, known):
    return text


def one_of(choices, text, known):
    """Take the value of a list, or its English name."""
    for value, label in choices:
        if text.casefold() in (value, str(label).casefold()):
            return value
    raise ValidationError(_("Write one of: %(values)s.") % {"values": ", ".join(value for value, _label in choices)})


def day(text, known):
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ValidationError(_("Write the day as year, month and day, for example 2015-03-17.")) from error


def yes_or_no(text, known):
    if text.casefold() not in (YES, NO):
        raise ValidationError(_("Write yes or no."))
    return text.casefold() == YES


def country(text, known):
    if text.upper() not in countries:
        raise ValidationError(
            _("Write the country’s two letters, for example BE; leave it empty for international bodies.")
        )
    return text.upper()


def organisation(text, known):
    if text not in known.organisations:
        raise ValidationError(
            _("No organisation has the address “%(text)s”. Add it first, or correct it.") % {"text": text}
        )
    return known.organisations[text]


def person(text, known):
    if text == PROTECTED:
        return KEEP
    if text.lower() not in known.people:
        raise ValidationError(
            _("Nobody has the e-mail address “%(text)s”. Add the person first, or correct it.") % {"text": text}
        )
    return known.people[text.lower()]


def decision(text, known):
    if text not in known.decisions:
        raise ValidationError(
            _("The register has no decision %(text)s. Write its number, for example 2026-3.") % {"text": text}
        )
    return known.decisions[text]


def yes_no(value):
    return YES if value else NO


def slug_of(row):
    return row.slug


def number_of(row):
    return row.number


def address_of(person):
    """Return what a file names a person by."""
    return person.email or (person.user.email if person.user else "")


# ── the four kinds ───────────────────────────────────────────────────────


def _attribute(name):
    return lambda row: getattr(row, name)


def plain(name, to, **more):
    return Column(name, _attribute(to), words, to, **more)


ORGANISATION = Column(
    "organisation", _attribute("organisation"), organisation, "organisation", slug_of,
    gettext_lazy("its address in the portal, for example web-shield"), required=True, key=True,
)  # fmt: skip
FROM = Column(
    "from",
    _attribute("starts_on"),
    day,
    "starts_on",
    hint=gettext_lazy("the first day, as 2015-03-17; empty: since before our records"),
    key=True,
)
TO = Column("to", _attribute("ends_on"), day, "ends_on", hint=gettext_lazy("the last day; empty: until further notice"))
DECISION = Column(
    "decision", _attribute("decision"), decision, "decision", number_of, gettext_lazy("its number, for example 2026-3")
)
SOURCE = plain("source", "source", hint=gettext_lazy("where this is on record"))


def _choice(name, choices):
    hint = ", ".join(value for value, _label in choices)
    return Column(name, _attribute(name), partial(one_of, choices), name, hint=hint, required=True)


def _person(name):
    return Column(name, _attribute(name), person, name, address_of, gettext_lazy("the person’s e-mail address"))


ORGANISATIONS = Sheet(
    "organisations", Organisation,
    [
        Column("address", _attribute("slug"), words, "slug", hint=gettext_lazy("small letters and hyphens; never changed"), required=True, key=True),
        plain("name", "name", required=True),
        plain("short name", "short_name", hint=gettext_lazy("used in lists")),
        _choice("sector", Organisation._meta.get_field("sector").choices),
        _choice("kind", Organisation.Kind.choices),
        Column("country", _attribute("country"), country, "country", lambda value: value.code if hasattr(value, "code") else str(value), gettext_lazy("two letters; empty for international bodies")),
        plain("website", "website"),
        plain("contribution", "contribution_en", hint=gettext_lazy("one sentence, in English")),
        plain("description", "description_en", hint=gettext_lazy("in English")),
        Column("profile public", _attribute("is_public"), yes_or_no, text=yes_no, hint=gettext_lazy("only shown: a profile becomes public when its organisation approves it")),
    ],
)  # fmt: skip
MEMBERSHIPS = Sheet(
    "memberships", MembershipTerm,
    [ORGANISATION, FROM, TO, DECISION, SOURCE, plain("reason for leaving", "left_because")],
    alike=("organisation",), rows=lambda rows: rows.select_related("organisation", "decision"),
)  # fmt: skip
SEATS = Sheet(
    "seats", Seat,
    [
        ORGANISATION,
        Column("kind", _attribute("kind"), partial(one_of, Seat.Kind.choices), "kind", hint=", ".join(Seat.Kind.values), required=True, key=True),
        FROM, TO, _person("holder"), _person("alternate"), DECISION, SOURCE,
    ],
    alike=("organisation", "kind"),
    rows=lambda rows: rows.select_related("organisation", "decision", "holder__user", "alternate__user"),
)  # fmt: skip
PEOPLE = Sheet(
    "people", Representative,
    [
        ORGANISATION,
        Column("e-mail", lambda row: address_of(row.person), words, "person.email", required=True, key=True),
        Column("name", lambda row: row.person.name, words, "person.name", hint=gettext_lazy("a name or a role"), required=True),
        plain("function", "function"),
        Column("contact person", _attribute("is_contact"), yes_or_no, "is_contact", yes_no, "yes, no"),
        Column("protected", lambda row: row.person.is_protected, yes_or_no, "person.is_protected", yes_no, "yes, no"),
        FROM, TO,
    ],
    alike=("organisation", "e-mail"), rows=lambda rows: rows.select_related("organisation", "person__user"),
    below=("person",),
)  # fmt: skip
SHEETS = [ORGANISATIONS, MEMBERSHIPS, SEATS, PEOPLE]
