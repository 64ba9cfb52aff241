"""The progress report on paper."""

from efc import pdf
from workpackages.models import ReportPeriod


def progress_report(period):
    """Return the report as PDF/UA (bytes): final while it is being approved, else marked as a draft. Raises: efc.pdf.PDFError."""
    narratives = list(period.narratives.select_related("work_package").order_by("work_package__number"))
    texts = {row.work_package.code: row.text for row in narratives}
    is_draft = period.status not in (ReportPeriod.Status.WITH_CHAIR, ReportPeriod.Status.APPROVED)
    return pdf.render(
        "workpackages/pdf/progress_report.html",
        {"period": period, "figures": period.figures, "texts": texts, "is_draft": is_draft},
    )


def preview(period, figures):
    """Return a draft of the report with figures that are not frozen yet. Raises: efc.pdf.PDFError."""
    narratives = period.narratives.select_related("work_package").order_by("work_package__number")
    texts = {row.work_package.code: row.text for row in narratives}
    return pdf.render(
        "workpackages/pdf/progress_report.html",
        {"period": period, "figures": figures, "texts": texts, "is_draft": True},
    )
