"""How the milestones and risks of a programme stand on a day, for the overview of the Steering Group."""

from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from workpackages.models import Level, Milestone, Programme, ReportPeriod, Risk
from workpackages.services.risks import unstated


@dataclass
class Standing:
    """Milestones and open risks on a day. Every figure is counted from the same rows."""

    programme: Programme
    day: date
    milestones: list
    risks: list

    @property
    def total(self):
        return len(self.milestones)

    @property
    def planned(self):
        """Count the milestones promised (by the baseline) up to the day."""
        return sum(row.baseline_on <= self.day for row in self.milestones)

    @property
    def reached(self):
        return sum(row.reached_by(self.day) for row in self.milestones)

    @property
    def late(self):
        return [row for row in self.milestones if row.state(self.day) == "late"]

    @property
    def next_due(self):
        """Return the next milestone that is not late, or None."""
        rows = [row for row in self.milestones if row.state(self.day) == "planned"]
        return min(rows, key=lambda row: (row.due_on, row.pk), default=None)

    @property
    def high(self):
        return [row for row in self.risks if row.gravity == Level.HIGH]


def milestones_and_risks(programme, day=None):
    """Gather the milestones and the open risks of a programme on a day (today when left out), for who may read all. Costs: 2 queries.

    Returns: Standing.
    """
    day = day or timezone.localdate()
    milestones = Milestone.objects.filter(work_package__programme=programme).defer("verification")
    risks = Risk.objects.filter(work_package__programme=programme).open_on(day).defer("effect", "mitigation")
    order = ("work_package__number", "number")
    unread = ("work_package__description", "work_package__search_vector")
    found = [list(rows.select_related("work_package").defer(*unread).order_by(*order)) for rows in (milestones, risks)]
    for row in (*found[0], *found[1]):
        row.work_package.programme = programme
    return Standing(programme, day, *found)


def of_package(package):
    """Return the milestones and risks of a work package and the reports that ask for states of play, as its area shows them.

    For who may see the area. Costs: 4 queries at most.
    """
    milestones = list(Milestone.objects.filter(work_package=package).for_lists().order_by("due_on", "number"))
    for row in milestones:
        row.shown_state = row.state()
    risks = list(Risk.objects.filter(work_package=package).for_lists().order_by("number"))
    being_written = [ReportPeriod.Status.OPEN, ReportPeriod.Status.FROZEN]
    periods = ReportPeriod.objects.filter(programme=package.programme_id, status__in=being_written) if risks else []
    missing = [(period, unstated(period).get(package.pk, 0)) for period in periods]
    return {
        "milestones": milestones,
        "risks": [row for row in risks if not row.is_closed],
        "closed_risks": [row for row in risks if row.is_closed],
        "states_asked": [(period, count) for period, count in missing if count],
    }
