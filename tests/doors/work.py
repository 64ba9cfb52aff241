"""The doors of the work: its rows of the tables, and its part of the world."""

from tests import factories
from tests.doors import collection, shared
from tests.doors.answers import CANARY, OWN, PAGE, READ_INSIDE, VERB

NOBODY = (302, 404, 404), (302, 404, 404)
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
            "workspace_obligations",
            "workspace_obligations_file",
            "workspace_changes",
            "workspace_report_preview",
            "workspace_report_document",
        ),
        READ_INSIDE,
    ),
    "workspace_report": READ_INSIDE,
    # For whoever holds none of its two roles the register does not exist: tests/workpackages/test_who_reads_test_transactions.py.
    **dict.fromkeys(
        [
            f"workspace_work:test_transaction{name}"
            for name in ("s", "_add", "_figures", "_export", "", "_correct", "_move")
        ],
        NOBODY,
    ),
    "workspace_work:deliverables": READ_INSIDE,
    "workspace_work:export": READ_INSIDE,
    "workspace_work:update": ((302, 404, 200), (302, 404, 422)),
    "workspace_work:no_change": ((302, 405, 405), (302, None, 302)),
    "workspace_work:comment": ((302, 405, 405), (302, None, 422)),
    "workspace_work:answer": ((302, 405, 405), (302, None, 302)),
    "workspace_work:extension": ((302, 405, 405), (302, None, 302)),
    "workspace_reports": ((302, None, 200), (302, None, 422)),
    "workspace_narrative": ((302, 404, 200), (302, 404, 422)),
    "workspace_report_act": ((302, 405, 405), (302, None, 302)),
    "workspace_report_approve": ((302, None, 403), (302, None, 403)),
    "workpackages:list": PAGE,
    "workpackages:results": PAGE,
    "workpackages:programme": PAGE,
    "workpackages:detail": PAGE,
    **dict.fromkeys(
        ("programme-list", "programme-detail", "work-package-list", "work-package-detail"),
        PAGE,
    ),
}
# Milestones and risks: which member reads them and who writes, tests/workpackages/test_{reaching_a_milestone,watching_risks}.py say.
LEADS_WRITE = (302, 404, 200), (302, 404, 422)
DOORS |= {
    **{
        f"workspace_work:{name}": READ_INSIDE for name in ("milestones", "milestone", "milestone_file", "risks", "risk")
    },
    **{
        f"workspace_work:milestone_{name}": LEADS_WRITE for name in ("add", "change", "reschedule", "reach", "evidence")
    },
    **{f"workspace_work:risk_{name}": LEADS_WRITE for name in ("add", "change", "close")},
    **{f"workspace_work:{name}_reopen": ((302, 405, 405), (302, None, 302)) for name in ("milestone", "risk")},
    "workspace_work:risk_states": (LEADS_WRITE[0], (302, 404, 302)),
}
# In the API: which member reads and acts, tests/workpackages/test_the_*_api.py say.
READ_OWN = (401, None, 200), (401, 405, 405)
DOORS |= {
    **dict.fromkeys(("report-text-list", "promise-list"), OWN),
    **dict.fromkeys(("extension-list", "report-period-list"), (READ_OWN[0], (401, None, 400))),
    **dict.fromkeys(("deliverable-list", "deliverable-detail", "deliverable-updates", "deliverable-file"), READ_OWN),
    **dict.fromkeys(("extension-detail", "report-period-detail"), READ_OWN),
    **dict.fromkeys(("report-period-figures", "report-period-document", "report-text-detail"), READ_OWN),
    **dict.fromkeys(("deliverable-comments", "deliverable-files"), (READ_OWN[0], (401, None, 400))),
}  # fmt: skip
DOORS |= dict.fromkeys(("milestone-list", "milestone-detail", "risk-list", "risk-detail"), READ_OWN)
for _name, _verbs in {
    "milestone": "reach reopen",
    "risk": "state",
    "deliverable": "report no-change submit accept reject reopen",
    "extension": "grant refuse withdraw",
    "report-period": "ask freeze thaw send send-back approve",
    "report-text": "agree",
}.items():
    DOORS |= {f"{_name}-{verb}": VERB for verb in _verbs.split()}
DOORS |= collection.DOORS | shared.DOORS
DESK_RIGHTS = {
    **shared.DESK_RIGHTS,
    **collection.DESK_RIGHTS,
    "workpackages_programme": "acd",
    "workpackages_workpackage": "acd",
    "workpackages_deliverable": "acd",
    "workpackages_reportperiod": "",
    "workpackages_milestone": "acd",
    "workpackages_risk": "acd",
}


def furnish(member):
    """Make a work package that a member leads, and what hangs on it. Returns: the records of the desk, the arguments of the addresses."""
    package = factories.WorkPackageFactory(slug="shown", programme__slug="shown")
    factories.LeadFactory(work_package=package, organisation=member)
    promised = factories.DeliverableFactory(work_package=package, title=f"{CANARY} deliverable")
    extension = factories.ExtensionFactory(deliverable=promised, cause=CANARY)
    handed_in = factories.DeliverableFileFactory(deliverable=promised)
    report = factories.ReportPeriodFactory(programme=package.programme)
    asked = factories.TransactionFactory().reference
    text = report.narratives.first()
    milestone = factories.MilestoneFactory(work_package=package, title=f"{CANARY} milestone")
    shown = factories.MilestoneEvidenceFactory(milestone=milestone, sentence=CANARY)
    risk = factories.RiskFactory(work_package=package, title=f"{CANARY} risk")
    kept, of_collecting = collection.furnish(package, member)
    of_team, at_team = shared.furnish(package, promised, handed_in)
    records = {
        **of_team,
        **kept,
        "workpackages_programme": package.programme,
        "workpackages_workpackage": package,
        "workpackages_deliverable": promised,
        "workpackages_reportperiod": report,
        "workpackages_milestone": milestone,
        "workpackages_risk": risk,
    }
    arguments = {
        **at_team,
        **of_collecting,
        **{f"workspace_work:{name}": ["shown"] for name in ("milestones", "risks")},
        **{f"workspace_work:{name}_add": ["shown", package.number] for name in ("milestone", "risk")},
        **{
            f"workspace_work:milestone{act}": ["shown", package.number, milestone.number]
            for act in ("", "_change", "_reschedule", "_reopen", "_evidence")
        },
        "workspace_work:milestone_reach": [
            "shown",
            package.number,
            factories.MilestoneFactory(work_package=package).number,
        ],
        "workspace_work:milestone_file": ["shown", package.number, milestone.number, shown.pk],
        **{
            f"workspace_work:risk{act}": ["shown", package.number, risk.number]
            for act in ("", "_change", "_close", "_reopen")
        },
        "workspace_work:risk_states": ["shown", package.number, report.number],
        **{f"milestone-{act}": [milestone.pk] for act in ("detail", "reach", "reopen")},
        **{f"risk-{act}": [risk.pk] for act in ("detail", "state")},
        "workpackages:programme": ["shown"],
        "workpackages:detail": ["shown", "shown"],
        "workspace_work:export": ["csv"],
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
        **{f"workspace_work:test_transaction{name}": [asked] for name in ("", "_correct")},
        "workspace_work:test_transaction_move": [asked, "withdraw"],
        **{f"workspace_report{name}": ["shown", report.number] for name in ("", "_preview", "_approve")},
        "workspace_report_act": ["shown", report.number, "freeze"],
        "workspace_report_document": ["shown", report.number, "pdf"],
        "workspace_narrative": ["shown", report.number, package.number],
        **{name: [promised.pk] for name in DOORS if name.startswith("deliverable-") and name != "deliverable-list"},
        "deliverable-file": [promised.pk, handed_in.version],
        **{name: [extension.pk] for name in DOORS if name.startswith("extension-") and name != "extension-list"},
        **{name: [report.pk] for name in DOORS if name.startswith("report-period-") and name != "report-period-list"},
        "report-period-document": [report.pk, "pdf"],
        **{name: [text.pk] for name in ("report-text-detail", "report-text-agree")},
        "programme-detail": ["shown"],
        "work-package-detail": [package.pk],
    }
    return records, arguments
