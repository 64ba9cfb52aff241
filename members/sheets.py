"""The register as tables: which columns a file of organisations, memberships, seats or people has, going out and coming in."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django_countries import countries

from efc.sheets import KEEP, PROTECTED, Column, Sheet, attribute, choice, day, plain, words, yes_no, yes_or_no
from members.models import Decision, MembershipTerm, Organisation, Person, Representative, Seat


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


def slug_of(row):
    return row.slug


def number_of(row):
    return row.number


def address_of(person):
    """Return what a file names a person by."""
    return person.email or (person.user.email if person.user else "")


# ── the four kinds ───────────────────────────────────────────────────────


@dataclass(frozen=True)
class Register(Sheet):
    known: type = Known
    protects: str = "members.export_protected"


class OfOrganisations(Register):
    def rules(self, lines, standing, known):
        """Find names that are shared and addresses that another page has."""
        own = {line.record.pk for line in lines if line.record}
        owner = {row.name: row.slug for row in standing.values() if row.pk not in own}
        for line in lines:
            if owner.setdefault(line.value("name"), line.value("address")) != line.value("address"):
                yield line, "name", _("Another organisation has this name already. Names are unique.")
            try:
                Organisation(slug=line.value("address")).clean()
            except ValidationError as error:
                yield line, "address", " ".join(error.messages)


class OfSeats(Register):
    def rules(self, lines, standing, known):
        """Find seats that have one person twice."""
        for line in lines:
            if isinstance(line.value("holder"), Person) and line.value("holder") == line.value("alternate"):
                yield line, "alternate", _("The alternate must be another person than the holder.")

    def open_cell(self, column, row):
        value = column.of(row)
        return PROTECTED if isinstance(value, Person) and value.is_protected else column.cell(row)

    def hidden_in(self, rows):
        return rows.filter(Q(holder__is_protected=True) | Q(alternate__is_protected=True)).count()


class OfPeople(Register):
    """A person is one, in however many lines; a file gives them organisations and does not rename them by the way."""

    def target(self, column):
        if column.to.startswith("person."):
            return Person._meta.get_field(column.to.removeprefix("person."))
        return super().target(column)

    def rules(self, lines, standing, known):
        found = {}
        for line in lines:
            person = known.people.get(line.text("e-mail").casefold()) if line.record is None else None
            facts = (person.name, person.is_protected) if person else (line.value("name"), line.value("protected"))
            name, is_protected = found.setdefault(line.text("e-mail").casefold(), facts)
            if line.value("name") != name:
                sentence = _("This person is known as “%(name)s”. Write the name as it stands.")
                yield line, "name", sentence % {"name": name}
            if line.value("protected") != is_protected:
                yield line, "protected", _("Write the same in every line of this person.")

    def write(self, line, known):
        email = line.text("e-mail").lower()
        record = line.record or Representative()
        person = record.person if line.record else known.people.setdefault(email, Person(email=email))
        for column in self.written(line):
            if not column.to.startswith("person."):
                setattr(record, column.to, line.value(column.name))
            elif line.record is not None or person.pk is None:
                setattr(person, column.to.removeprefix("person."), line.value(column.name))
        person.save()
        record.person = person
        record.save()
        return record

    def open_rows(self, rows):
        return rows.filter(person__is_protected=False)

    def hidden_in(self, rows):
        return rows.filter(person__is_protected=True).count()


ORGANISATION = Column(
    "organisation", attribute("organisation"), organisation, "organisation", slug_of,
    gettext_lazy("its address in the portal, for example web-shield"), required=True, key=True,
)  # fmt: skip
FROM = Column(
    "from",
    attribute("starts_on"),
    day,
    "starts_on",
    hint=gettext_lazy("the first day, as 2015-03-17; empty: since before our records"),
    key=True,
)
TO = Column("to", attribute("ends_on"), day, "ends_on", hint=gettext_lazy("the last day; empty: until further notice"))
DECISION = Column(
    "decision", attribute("decision"), decision, "decision", number_of, gettext_lazy("its number, for example 2026-3")
)
SOURCE = plain("source", "source", hint=gettext_lazy("where this is on record"))


def _person(name):
    return Column(name, attribute(name), person, name, address_of, gettext_lazy("the person’s e-mail address"))


ORGANISATIONS = OfOrganisations(
    "organisations", Organisation,
    [
        Column("address", attribute("slug"), words, "slug", hint=gettext_lazy("small letters and hyphens; never changed"), required=True, key=True),
        plain("name", "name", required=True),
        plain("short name", "short_name", hint=gettext_lazy("used in lists")),
        choice("sector", Organisation._meta.get_field("sector").choices),
        choice("kind", Organisation.Kind.choices),
        Column("country", attribute("country"), country, "country", lambda value: value.code if hasattr(value, "code") else str(value), gettext_lazy("two letters; empty for international bodies")),
        plain("website", "website"),
        plain("contribution", "contribution_en", hint=gettext_lazy("one sentence, in English")),
        plain("description", "description_en", hint=gettext_lazy("in English"), lines=True),
        Column("profile public", attribute("is_public"), yes_or_no, text=yes_no, hint=gettext_lazy("only shown: a profile becomes public when its organisation approves it")),
    ],
)  # fmt: skip
MEMBERSHIPS = Register(
    "memberships", MembershipTerm,
    [ORGANISATION, FROM, TO, DECISION, SOURCE, plain("reason for leaving", "left_because")],
    alike=("organisation",), rows=lambda rows: rows.select_related("organisation", "decision"),
)  # fmt: skip
SEATS = OfSeats(
    "seats", Seat,
    [
        ORGANISATION,
        choice("kind", Seat.Kind.choices, key=True), FROM, TO, _person("holder"), _person("alternate"), DECISION, SOURCE,
    ],
    alike=("organisation", "kind"),
    rows=lambda rows: rows.select_related("organisation", "decision", "holder__user", "alternate__user"),
)  # fmt: skip
PEOPLE = OfPeople(
    "people", Representative,
    [
        ORGANISATION,
        Column("e-mail", lambda row: address_of(row.person), words, "person.email", required=True, key=True),
        Column("name", lambda row: row.person.name, words, "person.name", hint=gettext_lazy("a name or a role"), required=True),
        plain("function", "function"),
        Column("contact person", attribute("is_contact"), yes_or_no, "is_contact", yes_no, "yes, no"),
        Column("protected", lambda row: row.person.is_protected, yes_or_no, "person.is_protected", yes_no, "yes, no"),
        FROM, TO,
    ],
    alike=("organisation", "e-mail"), rows=lambda rows: rows.select_related("organisation", "person__user"),
    below=("person",),
)  # fmt: skip
SHEETS = [ORGANISATIONS, MEMBERSHIPS, SEATS, PEOPLE]
