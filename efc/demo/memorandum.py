"""The Memorandum of Understanding, in words of our own, and who has signed it. Its signatures are made up, by roles."""

import logging
from datetime import date, timedelta

from django.core.files.base import ContentFile

from efc.demo.coalition import LAUNCH
from efc.demo.rows import at
from efc.models import User
from efc.pdf import PDFError
from members import pdf
from members.models import MemorandumVersion, Organisation, Representative, Signature
from members.services import memorandum as services

logger = logging.getLogger(__name__)

TITLE = "Memorandum of Understanding"
END_OF_PROJECT = date(2015, 11, 25)

COMMON = """\
*Demonstration text: the wording of the memorandum that members signed is not reproduced.*

## 1. What we agree on

We work together so that nobody can earn money from the sexual exploitation of children online. Each of us does so within its own
tasks and within the law that applies to it.

## 2. What each member brings

1. Knowledge: totals and patterns from its own field, never personal data of victims or of suspects.
2. People: a representative who may speak for it, and an alternate.
3. Time: for at least one work package of the programme that runs.

## 3. Test transactions

A *test transaction* (the grant also says *test purchase*) is a payment made under agreed conditions to learn where money goes. It is made
only at the request of a law-enforcement body that is competent for it, with the written consent of the payment provider, and it is
recorded. No member makes one on its own, and nobody obtains, keeps or passes on child sexual abuse material for it.
"""
FIRST = f"""{COMMON}
## 4. What is confidential

Working papers stay among the members. What the Steering Group publishes is public.

## 5. Leaving

A member may leave at any time by writing to the Secretariat.
"""
SECOND = f"""{COMMON}
Results of test transactions are reported to the work package on operations as figures. The Steering Group reads them once a year.

## 4. What is confidential

Working papers stay among the members. What the Steering Group publishes is public. Each member names the people who may read
working papers, and confirms the list when the Steering Group asks for it.

## 5. Words

We write of child sexual abuse material and of child sexual exploitation, and of offenders as those who act.

## 6. One year at a time

The coalition agrees its actions for a year. This memorandum goes on from year to year. A member may leave at any time by
writing to the Secretariat.
"""

# The chase list: members that have not signed the second version.
UNSIGNED = {"gsma", "g2-web-services", "visa-europe"}
IN_THE_PORTAL = {"cepol", "eurojust", "google", "inhope", "microsoft", "paypal", "western-union"}


def load(today, organisations, decisions):
    """Make both versions and their signatures where there is no memorandum yet."""
    if MemorandumVersion.objects.exists():
        return
    officer = User.objects.get(email="secretariat@coalition.example")
    decision = decisions["memorandum"]
    ours = Organisation.objects.filter(pk__in=[organisation.pk for organisation in organisations.values()])
    first = put_in_force("1.0", FIRST, LAUNCH, None, officer)
    for organisation in ours.members(END_OF_PROJECT):
        since = organisation.memberships.earliest("starts_on").starts_on
        write_down(first, organisation, since + timedelta(days=30), Signature.Method.RECORD, officer)
    second = put_in_force("2.0", SECOND, decision.decided_on, decision, officer)
    for number, organisation in enumerate(ours.members(today).exclude(slug__in=UNSIGNED).order_by("slug")):
        day = decision.decided_on + timedelta(days=7 + 6 * number)
        if organisation.slug in IN_THE_PORTAL:
            sign(second, organisation, day)
        else:
            write_down(second, organisation, day, Signature.Method.PAPER, officer)


def put_in_force(number, text, day, decision, officer):
    """Make a version that holds since a day, with its file. Returns: the version."""
    version = MemorandumVersion(number=number, title=TITLE, text=text, decision=decision, in_force_on=day)
    try:
        version.file.save("memorandum.pdf", ContentFile(pdf.memorandum(version)), save=False)
    except PDFError as error:
        logger.warning("Version %s of the memorandum has no file yet. %s", number, error)
    version.save()
    services.put_in_force(version, by=officer)
    MemorandumVersion.objects.filter(pk=version.pk).update(in_force_on=day)
    version.refresh_from_db()
    return version


def write_down(version, organisation, day, method, officer):
    """Enter a signature from paper or from the records."""
    signatory = {"signatory_name": f"Representative of {organisation}", "signatory_function": "Authorised signatory"}
    services.record_signature(version, organisation, by=officer, signed_on=day, method=method, **signatory)


def sign(version, organisation, day):
    """Let a representative with an account sign, and set the day back."""
    row = Representative.objects.exclude(person__user=None).filter(organisation=organisation).earliest("pk")
    signature = services.sign_memorandum(version, organisation, by=row.person.user, function=row.function)
    Signature.objects.filter(pk=signature.pk).update(signed_on=day, recorded_at=at(day, 15))
