"""The demonstration's milestones are shown by evidence, its risks watched, and a report of the year waits for what is missing."""

from datetime import date

from efc.models import User
from tests.demo.conftest import TODAY
from workpackages.models import Deliverable, Milestone, Programme, ReportPeriod, Risk
from workpackages.services import risks
from workpackages.services.awaiting import awaiting
from workpackages.services.standing import milestones_and_risks


def test_what_is_reached_is_shown(demo):
    project = milestones_and_risks(Programme.objects.get(slug="2012-2015"), TODAY)
    assert (project.reached, project.total, len(project.late), len(project.risks)) == (9, 9, 0, 0)
    plan = milestones_and_risks(Programme.objects.get(slug="2026"), TODAY)
    assert (plan.reached, plan.total, [row.code for row in plan.late]) == (4, 8, ["MS2.1"])
    assert [row.code for row in plan.high] == ["R1.1", "R2.1"]
    assert not Milestone.objects.filter(status="reached", evidence=None).exists()
    course = Milestone.objects.get(work_package__programme__slug="2026", work_package__number=4, number=1)
    assert course.evidence.get().given_at.date() == course.reached_on == date(2026, 9, 9)


def test_what_is_late_was_promised_for_the_day_it_was_due(demo):
    figures = Deliverable.objects.get(work_package__programme__slug="2026", work_package__number=1, number=2)
    assert figures.baseline_on == figures.due_on == date(2026, 10, 31)


def test_the_course_of_2014_was_a_day_after_its_month(demo):
    course = Milestone.objects.get(work_package__programme__slug="2012-2015", work_package__number=4, number=1)
    assert (course.baseline_on, course.due_on, course.reached_on) == (
        date(2014, 3, 25),
        date(2014, 3, 26),
        date(2014, 3, 26),
    )
    assert course.reschedulings.count() == 1


def test_a_report_asks_the_lead_for_two_risks(demo):
    period = ReportPeriod.objects.get()
    assert (period.programme.slug, period.ends_on, period.status) == ("2026", date(2026, 6, 30), "open")
    assert [row.code for row in risks.due_in(period) if not row.stated] == ["R1.2", "R2.2", "R4.2", "R4.3"]
    assert Risk.objects.get(work_package__programme__slug="2026", work_package__number=4, number=3).is_closed
    lead = User.objects.get(email="lead@coalition.example")
    assert "Say how the risks of WP4 stand, for the progress report" in [one.what for one in awaiting(lead)]
