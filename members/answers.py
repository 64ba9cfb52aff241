"""The answers of an application as people read them: before sending, in the copy by letter, on the status page, at the desk."""

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

STEP_NAMES = {
    "organisation": gettext_lazy("Your organisation"),
    "contact": gettext_lazy("You"),
    "contribution": gettext_lazy("What you would bring"),
    "declarations": gettext_lazy("Declarations"),
}
# The same for those who read what somebody else has written.
NAMES_FOR_OTHERS = {
    "organisation": gettext_lazy("The organisation"),
    "contact": gettext_lazy("The contact"),
    "contribution": gettext_lazy("What it would bring"),
    "declarations": gettext_lazy("Declarations"),
}


class Work:
    """The work in which an applicant can take part. `packages` is set by the roof (`efc.pages_members`): it returns (code, name)."""

    packages = staticmethod(list)


def answers(application, step_names=STEP_NAMES):
    """Return [(step, its name, [(question, answer)])] in the active language. Costs: 3 queries."""
    names = dict(Work.packages()) if application.interests else {}
    memorandum = str(application.memorandum) if application.memorandum else _("Yes")
    found = {
        "organisation": [
            (_("Legal name"), application.organisation_name),
            (_("Legal form"), application.legal_form),
            (_("Kind"), application.get_kind_display()),
            (_("Country"), application.country.name if application.country else ""),
            (_("Website"), application.website),
            (_("Sector"), application.get_sector_display()),
        ],
        "contact": [
            (_("Name"), application.contact_name),
            (_("Role"), application.contact_role),
            (_("E-mail address"), application.email),
            (_("Telephone"), application.contact_phone),
        ],
        "contribution": [
            (_("Work packages"), "\n".join(_label(code, names) for code in application.interests)),
            (_("What you would bring"), application.contribution),
            (_("Papers"), "\n".join(paper.name for paper in application.papers.all())),
        ],
        "declarations": [
            (_("Memorandum accepted"), memorandum if application.accepts_memorandum else ""),
            (_("Conflicts of interest"), application.conflicts or ("" if application.is_erased else _("None known"))),
            (_("May apply for the organisation"), _("Yes") if application.has_authority else ""),
            (_("Has read how data are used"), _("Yes") if application.accepts_privacy else ""),
        ],
    }
    return [(step, step_names[step], rows) for step, rows in found.items()]


def _label(code, names):
    return f"{code} {names[code]}" if code in names else code
