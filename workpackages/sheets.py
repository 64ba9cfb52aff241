"""Deliverables as a table: which columns a file of them has, going out and coming in. What they report on comes from verbs alone."""

from functools import partial

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from efc.sheets import Column, Sheet, attribute, choice, number, plain, words, yes_no, yes_or_no
from members.models import Organisation
from members.sheets import organisation, slug_of
from workpackages.models import Deliverable, Programme, WorkPackage

MOST = 32767  # of a small whole number
MONTHS = 120


class Known:
    """What cells can point to, each asked once: organisations and programmes by address, work packages by number."""

    def __init__(self):
        self.organisations = {row.slug: row for row in Organisation.objects.defer("search_vector")}
        self.programmes = {row.slug: row for row in Programme.objects.defer("summary")}
        self.packages = {(row.programme_id, row.number): row for row in WorkPackage.objects.for_lists()}


def programme(text, known):
    if text not in known.programmes:
        raise ValidationError(
            _("No programme has the address “%(text)s”. Write it as in the address of its page, for example 2012-2015.")
            % {"text": text}
        )
    return known.programmes[text]


class OfDeliverables(Sheet):
    """A file gives work packages their deliverables; the month that was promised stands once it is on record."""

    def rules(self, lines, standing, known):
        """Find work packages that the programme does not have and months outside of it; give each line its work package."""
        for line in lines:
            programme = line.value("programme")
            line.package = known.packages.get((programme.pk, line.value("work package")))
            if line.package is None:
                sentence = _(
                    "The programme %(programme)s has no work package %(n)s. Add it first, or correct the number."
                )
                yield line, "work package", sentence % {"programme": programme.slug, "n": line.value("work package")}
            elif line.record is None:
                yield from outside(line, programme)

    def write(self, line, known):
        """Store a line; of a row that stands only what changed, so that what its lead reports meanwhile is kept."""
        record = line.record or Deliverable(work_package=line.package)
        names = [column.to for column in self.written(line) if column.to != "work_package"]
        for column in self.written(line):
            if column.to in names:
                setattr(record, column.to, line.value(column.name))
        if line.record is not None:
            record.save(update_fields=[*names, "updated_at"])
            return record
        record.due_on = line.package.programme.end_of_month(record.baseline_month)
        record.save()
        return record


def outside(line, programme):
    """Say that the promised month of a line does not lie in its programme."""
    if programme.starts_on is None:
        sentence = _("The programme has no first day yet, so its months cannot be counted. Give it one first.")
        yield line, "programme", sentence
    elif programme.last_month and line.value("baseline month") > programme.last_month:
        sentence = _("The programme has %(n)s months. Give a month up to that.") % {"n": programme.last_month}
        yield line, "baseline month", sentence


def mark(letter):
    return lambda value: f"{letter}{value}"


def shown(name, of, text=str):
    """Return a column that an export has and an import leaves alone."""
    return Column(name, of, words, text=text, hint=gettext_lazy("only shown: leads and the Secretariat report it"))


DELIVERABLES = OfDeliverables(
    "deliverables", Deliverable,
    [
        Column("programme", lambda row: row.work_package.programme, programme, "work_package", slug_of, gettext_lazy("its address in the portal, for example 2012-2015"), required=True, key=True),
        Column("work package", lambda row: row.work_package.number, partial(number, least=0, most=MOST, mark="WP"), "work_package", mark("WP"), gettext_lazy("its number, WP4 or 4"), required=True, key=True),
        Column("number", attribute("number"), partial(number, most=MOST), "number", hint=gettext_lazy("within the work package: 1 for D4.1"), required=True, key=True),
        plain("title", "title", required=True),
        plain("description", "description", lines=True),
        Column("owner", attribute("owner"), organisation, "owner", slug_of, gettext_lazy("the address of an organisation in the portal; empty: the leads")),
        choice("dissemination", Deliverable.Dissemination.choices),
        Column(
            "baseline month", attribute("baseline_month"), partial(number, most=MONTHS, mark="M"), "baseline_month", mark("M"),
            gettext_lazy("the month that was promised, M3 or 3; never changed afterwards"), required=True,
            stands=gettext_lazy("%(old)s was promised and stands. Write it as it is; more time is asked for by the lead."),
        ),
        Column("public result", attribute("is_public_result"), yes_or_no, "is_public_result", yes_no, gettext_lazy("yes: the public page names it once it is delivered")),
        shown("due", attribute("due_on")),
        shown("status", attribute("status")),
        shown("state", lambda row: str(row.state())),
        shown("delivered", attribute("delivered_on")),
        shown("accepted", attribute("accepted_on")),
        shown("latest word", attribute("note")),
    ],
    rows=lambda rows: rows.select_related("work_package__programme", "owner").with_latest_update().order_by("work_package__programme__slug", "work_package__number", "number"),
    known=Known,
)  # fmt: skip
