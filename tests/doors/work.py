"""The doors of the work: its rows of the tables, and its part of the world."""

from tests import factories
from tests.doors.answers import CANARY, PAGE, READ_INSIDE

DOORS = {
    # The work inside: who leads, decides and reads is in tests/workpackages.
    **dict.fromkeys(
        (
            "workspace_work:area",
            "workspace_work:area_of",
            "workspace_work:deliverable",
            "workspace_work:file",
            "workspace_promises",
            "workspace_promises_of",
            "workspace_report_preview",
            "workspace_report_document",
        ),
        READ_INSIDE,
    ),
    "workspace_report": READ_INSIDE,
    "workspace_work:deliverables": READ_INSIDE,
    "workspace_work:update": ((302, 404, 200), (302, 404, 422)),
    "workspace_work:no_change": ((302, 405, 405), (302, None, 302)),
    "workspace_work:comment": ((302, 405, 405), (302, None, 422)),
    "workspace_work:answer": ((302, 405, 405), (302, None, 302)),
    "workspace_work:extension": ((302, 405, 405), (302, None, 302)),
    "workspace_reports": ((302, None, 200), (302, None, 422)),
    "workspace_narrative": ((302, 404, 200), (302, 404, 422)),
    "workspace_report_act": ((302, 405, 405), (302, None, 302)),
    "workpackages:list": PAGE,
    "workpackages:results": PAGE,
    "workpackages:programme": PAGE,
    "workpackages:detail": PAGE,
    **dict.fromkeys(
        ("programme-list", "programme-detail", "work-package-list", "work-package-detail"),
        PAGE,
    ),
}
DESK_RIGHTS = {
    "workpackages_programme": "acd",
    "workpackages_workpackage": "acd",
    "workpackages_deliverable": "acd",
}


def furnish(member):
    """Make a work package that a member leads, and what hangs on it. Returns: the records of the desk, the arguments of the addresses."""
    package = factories.WorkPackageFactory(slug="shown", programme__slug="shown")
    factories.LeadFactory(work_package=package, organisation=member)
    promised = factories.DeliverableFactory(work_package=package, title=f"{CANARY} deliverable")
    extension = factories.ExtensionFactory(deliverable=promised, cause=CANARY)
    handed_in = factories.DeliverableFileFactory(deliverable=promised)
    report = factories.ReportPeriodFactory(programme=package.programme)
    records = {
        "workpackages_programme": package.programme,
        "workpackages_workpackage": package,
        "workpackages_deliverable": promised,
    }
    arguments = {
        "workpackages:programme": ["shown"],
        "workpackages:detail": ["shown", "shown"],
        "workspace_work:area": [package.number],
        "workspace_work:area_of": ["shown", package.number],
        **{
            f"workspace_work:{name}": ["shown", package.number, promised.number]
            for name in ("deliverable", "update", "no_change", "comment")
        },
        "workspace_work:file": ["shown", package.number, promised.number, handed_in.version],
        "workspace_work:answer": ["shown", package.number, promised.number, "accept"],
        "workspace_work:extension": ["shown", package.number, promised.number, extension.pk, "grant"],
        "workspace_promises_of": ["shown"],
        **{name: ["shown", report.number] for name in ("workspace_report", "workspace_report_preview")},
        "workspace_report_act": ["shown", report.number, "freeze"],
        "workspace_report_document": ["shown", report.number, "pdf"],
        "workspace_narrative": ["shown", report.number, package.number],
        "programme-detail": ["shown"],
        "work-package-detail": [package.pk],
    }
    return records, arguments
