"""The figures of a programme for a period, as a progress report freezes them: plain data, gathered from every room at one moment."""

from datetime import timedelta

from django.utils import timezone
from django.utils.formats import date_format

from efc.reporting import promise_matrix
from events.models import Event
from members.models import Decision, MembershipTerm, Organisation
from members.services.memorandum import share_signed
from newsletter.models import Issue
from publications.models import NewsItem, Publication
from workpackages import charts
from workpackages.models import Extension
from workpackages.services import consolidated, milestones, risks, transaction_counts
from workpackages.services.overview import overview


def gather(programme, starts_on, ends_on, by):
    """Return the figures of a period, as on its last day (days as ISO text).

    Deliverables are counted by the same rows as the overview of the Steering Group, promises by the same rules as the promise matrix.
    Costs: some twenty queries, however many records.
    """
    stands = overview(programme, by, ends_on)
    return {
        "read_at": timezone.localtime().isoformat(timespec="seconds"),
        "starts_on": str(starts_on),
        "ends_on": str(ends_on),
        "months": [programme.month_of(starts_on), programme.month_of(ends_on), programme.last_month],
        "summary": {
            "total": stands.total, "delivered": stands.delivered, "late": stands.late, "planned": stands.planned_by(ends_on),
        },
        "chart": chart(stands),
        "packages": [package(one) for one in stands.packages],
        "deliverables": deliverables(stands),
        "milestones": milestones.report_rows(stands, by),
        "risks": risks.report_rows(stands, starts_on, by),
        "promises": promises(programme, ends_on),
        "test_transactions": transaction_counts.figures(starts_on, ends_on),
        "collection": consolidated.figures(programme, starts_on, ends_on),
        "events": [
            {"title": row.title, "kind": row.get_kind_display(), "on": str(row.starts_on), "place": row.place}
            for row in Event.objects.published().filter(ends_on__range=(starts_on, ends_on)).for_lists().order_by("starts_on")
        ],
        "publications": [
            {"title": row.title, "kind": row.get_kind_display(), "on": str(row.dated_on)}
            for row in Publication.objects.published().filter(dated_on__range=(starts_on, ends_on)).for_lists().order_by("dated_on")
        ],
        "press_releases": [
            {"title": row.title, "on": str(row.dated_on)}
            for row in NewsItem.objects.published()
            .filter(dated_on__range=(starts_on, ends_on), kind=NewsItem.Kind.PRESS_RELEASE).for_lists().order_by("dated_on")
        ],
        "newsletters": [
            {"number": number, "on": str(day)}
            for number, day in Issue.objects.filter(status=Issue.Status.SENT, dated_on__range=(starts_on, ends_on))
            .order_by("dated_on").values_list("number", "dated_on")
        ],
        "members": membership(starts_on, ends_on),
        "decisions": [
            {"number": row.number, "title": row.title, "on": str(row.decided_on)}
            for row in Decision.objects.filter(decided_on__range=(starts_on, ends_on)).order_by("decided_on", "year", "sequence")
        ],
    }  # fmt: skip


def chart(stands):
    """Return the drawing of plan and delivery with its days in words, or None."""
    drawn = charts.progress(stands)
    if drawn is None:
        return None
    table = [[date_format(day), planned, done] for day, planned, done in drawn["figures"]]
    return {**drawn, "day": date_format(drawn["day"]), "figures": table}


def package(one):
    return {
        "code": one.package.code, "name": one.package.name, "leads": [str(lead.organisation) for lead in one.package.leads_then],
        "delivered": one.delivered, "total": len(one.rows), "state": str(one.state),
    }  # fmt: skip


def deliverables(stands):
    """Return the deliverables as rows. The justification of a delay is the cause of the latest request for more time, also one made
    after the day; what was decided after the day is no decision yet.
    """
    causes, moved = {}, {}
    rows = Extension.objects.filter(deliverable__in=[row.pk for row in stands.rows]).exclude(
        status=Extension.Status.WITHDRAWN
    )
    for extension in rows.select_related("decision").order_by("requested_at", "pk"):
        causes[extension.deliverable_id] = extension.cause
        if (
            extension.status == Extension.Status.GRANTED
            and timezone.localtime(extension.decided_at).date() <= stands.day
        ):
            moved[extension.deliverable_id] = extension.decision.number if extension.decision else ""
    return [
        {
            "code": row.code,
            "title": row.title,
            "wp": row.work_package.code,
            "owner": str(row.owner)
            if row.owner
            else ", ".join(str(lead.organisation) for lead in row.work_package.leads_then),
            "dissemination": row.dissemination,
            "baseline_month": row.baseline_month,
            "baseline_on": str(row.baseline_on),
            "due_on": str(row.due_on),
            "is_moved": row.is_moved,
            "decision": moved.get(row.pk, ""),
            "status": status_on(row, stands.day),
            "state": str(row.state(stands.day)),
            "delivered_on": str(row.delivered_on) if row.handed_in_by(stands.day) else None,
            "accepted_on": str(row.accepted_on) if row.accepted_on and row.accepted_on <= stands.day else None,
            "justification": causes.get(row.pk, ""),
            "note": row.note or "",
        }
        for row in stands.rows
    ]


def status_on(row, day):
    """Return the status with the Commission on a day, in words."""
    Status = type(row).Status  # noqa: N806
    if row.accepted_on and row.accepted_on <= day:
        return str(Status.ACCEPTED.label)
    if row.handed_in_by(day):
        return str(Status.SUBMITTED.label)
    return str((Status.DRAFT if row.is_handed_in else Status(row.status)).label)


def promises(programme, day):
    return [
        {
            "objective": objective.number if objective else None, "text": line.promise.text, "planned": line.planned,
            "counted": line.count.number, "formula": line.count.formula,
        }
        for objective, lines in promise_matrix(programme, day)
        for line in lines
    ]  # fmt: skip


def membership(starts_on, ends_on):
    """Return how many were members on the first and the last day, and who came and went between."""
    signed, _members = share_signed(ends_on)
    came = MembershipTerm.objects.filter(starts_on__range=(starts_on, ends_on)).select_related("organisation")
    went = MembershipTerm.objects.filter(ends_on__range=(starts_on - timedelta(days=1), ends_on - timedelta(days=1)))
    return {
        "first": Organisation.objects.members(starts_on).count(),
        "last": Organisation.objects.members(ends_on).count(),
        "joined": sorted({str(term.organisation) for term in came}),
        "left": sorted({str(term.organisation) for term in went.select_related("organisation")}),
        "signed": signed,
    }
