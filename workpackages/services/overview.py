"""How a programme stands on a day: figures by work package, the plan beside what was handed in, what is due."""

from bisect import bisect_right
from dataclasses import dataclass, field
from datetime import date, timedelta

from django.db.models import F, OuterRef, Subquery, prefetch_related_objects
from django.db.models.functions import Coalesce
from django.utils import timezone

from workpackages.models import Deliverable, Extension, Outlook, Programme, WorkPackage
from workpackages.models.work import leads_then

DUE_SOON_DAYS = 90
DUE_SHOWN = 12  # of the deliverables due soon, on a page that shows more than them
# The worst of a work package's open deliverables is its state.
GRAVITY = [Outlook.LATE, Outlook.AT_RISK, Outlook.ON_TRACK, Outlook.NOT_STARTED]


@dataclass
class Package:
    """A work package as the overview shows it."""

    package: WorkPackage
    rows: list = field(default_factory=list)
    day: date | None = None

    @property
    def delivered(self):
        return sum(row.handed_in_by(self.day) for row in self.rows)

    @property
    def next_due(self):
        return min(
            (row for row in self.rows if not row.handed_in_by(self.day)), key=lambda row: row.due_on, default=None
        )

    @property
    def state(self):
        """Return "delivered" when all are, else the gravest state of what is open; what is delivered in part has started."""
        states = {row.state(self.day) for row in self.rows if not row.handed_in_by(self.day)}
        gravest = next(
            (state for state in GRAVITY if state in states), "delivered" if self.rows else Outlook.NOT_STARTED
        )
        return Outlook.ON_TRACK if gravest == Outlook.NOT_STARTED and self.delivered else gravest

    @property
    def updated_at(self):
        return max((row.noted_at for row in self.rows if row.noted_at), default=None)


@dataclass
class Overview:
    """A programme on a day. Everything is counted from the same rows, so that no two figures can differ."""

    programme: Programme
    day: date
    packages: list

    @property
    def rows(self):
        return [row for one in self.packages for row in one.rows]

    @property
    def total(self):
        return len(self.rows)

    @property
    def delivered(self):
        return sum(row.handed_in_by(self.day) for row in self.rows)

    @property
    def late(self):
        return sum(row.state(self.day) == Outlook.LATE for row in self.rows)

    @property
    def due_soon(self):
        """Return what is open and due within 90 days, late ones first."""
        until = self.day + timedelta(days=DUE_SOON_DAYS)
        return sorted(
            (row for row in self.rows if not row.handed_in_by(self.day) and row.due_on <= until),
            key=lambda row: (row.due_on, row.pk),
        )

    @property
    def due_first(self):
        """Return those of `due_soon` that the overview shows."""
        return self.due_soon[:DUE_SHOWN]

    @property
    def due_left_out(self):
        return max(0, len(self.due_soon) - DUE_SHOWN)

    @property
    def month(self):
        """Return the month of the programme on this day, never past its last."""
        last = self.programme.last_month
        month = self.programme.month_of(self.day) or 0
        return min(month, last) if last else month

    def planned_by(self, day):
        """Count what was promised (by the baseline) up to a day."""
        return bisect_right(sorted(row.baseline_on for row in self.rows), day)

    def delivered_by(self, day):
        """Count what was handed in up to a day."""
        return bisect_right(sorted(row.delivered_on for row in self.rows if row.is_handed_in), day)


def overview(programme, user, day=None):
    """Gather how a programme stands, as far as this person may see it. Costs: 3 queries, however many deliverables. Returns: Overview."""
    return _gather(WorkPackage.objects.filter(programme=programme), programme, user, day)


def overview_now(user):
    """Gather how the running programme stands; None where none has work packages. Costs: 3 queries."""
    return _gather(WorkPackage.objects.filter(programme__in=Programme.objects.ran_on()), None, user)


def overview_of(packages, user):
    """Gather how these work packages of one programme stand; None for none. Costs: 3 queries."""
    return _gather(WorkPackage.objects.filter(pk__in=packages), None, user)


def _gather(packages, programme, user, day=None):
    day = day or timezone.localdate()
    packages = list(packages.for_lists().order_by("number"))
    programme = programme or (packages[0].programme if packages else None)
    if programme is None:
        return None
    prefetch_related_objects(packages, leads_then(programme.shown_day))
    found = {package.pk: Package(package, day=day) for package in packages}
    rows = Deliverable.objects.visible_to(user).filter(work_package__in=found).with_latest_update(day)
    granted_later = Extension.objects.filter(
        deliverable=OuterRef("pk"), status=Extension.Status.GRANTED, decided_at__date__gt=day
    )
    before = granted_later.order_by("decided_at", "pk").values("due_before_on")
    rows = rows.annotate(due_then=Coalesce(Subquery(before[:1]), F("due_on")))
    for row in (
        rows.select_related("owner")
        .defer("description", "owner__description", "owner__search_vector")
        .order_by("number")
    ):
        row.work_package = found[row.work_package_id].package
        row.due_on = row.due_then
        row.outlook = row.said or (row.outlook if day >= timezone.localdate() else Outlook.NOT_STARTED)
        row.shown_state = row.state(day)
        found[row.work_package_id].rows.append(row)
    return Overview(programme, day, list(found.values()))
