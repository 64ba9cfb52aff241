from itertools import combinations

from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries import countries
from django_countries.fields import CountryField
from simple_history.models import HistoricalRecords

from efc.workflow import Move, Workflow
from members.models import Organisation, Sector

# A programme runs for 36 months and its last report follows within a year: until then its evaluation can still be checked against
# the rows. After that the counts of each year tell what the coalition needs to know.
KEPT_DAYS = 4 * 365
WARNED_DAYS = 30  # before a row is removed its keepers get a letter, and that long to write down what they still need
ANSWER_DAYS, CARRY_OUT_DAYS, EVALUATION_DAYS = 14, 60, 30  # until the next step of a request is expected
MOST = 10_000  # of anything that is counted: more is a slip of the hand

DAYS = ("requested_on", "answered_on", "carried_out_on", "evaluated_on", "closed_on")  # in the order in which they come
FIGURES = ("means_checked", "accounts_referred", "merchants_referred", "hours_spent")
AUTHORITY_SECTORS = (Sector.LAW_ENFORCEMENT, Sector.JUDICIAL_EU)


def count_field(name):
    return models.PositiveIntegerField(name, null=True, blank=True, validators=[MaxValueValidator(MOST)])


class Outcome(models.TextChoices):
    WENT_THROUGH = "went_through", _("Payment went through")
    REFUSED = "refused", _("Payment was refused")
    ACCOUNT_CLOSED = "account_closed", _("Account was closed")
    MERCHANT_IDENTIFIED = "merchant_identified", _("Merchant was identified")
    NO_RESULT = "no_result", _("No result")
    NOT_CARRIED_OUT = "not_carried_out", _("Not carried out")


class TestTransactionQuerySet(models.QuerySet):
    def visible_to(self, user):
        """Return the register for those who hold one of its two roles; for everybody else it does not exist."""
        if user is None or not user.has_perm("workpackages.view_testtransaction"):
            return self.none()
        return self

    def for_lists(self):
        return self.select_related("authority", "provider").defer(
            "authority__description", "authority__search_vector", "provider__description", "provider__search_vector"
        )

    def ended(self):
        return self.exclude(closed_on=None)


class TestTransaction(Workflow):
    """A request of an authority to a payment provider for a test transaction: days, an outcome, figures, and nothing else.

    No text, no file, no address can be put into it. Two named roles read it (`efc.roles`); rights that are not given by name, a
    superuser's too, do not reach it. Its lines in the audit log say who did what on which day and hold nothing of the row.
    """

    __test__ = False  # its name is the field's own term, no test
    AUDITED_APART = True

    class Status(models.TextChoices):
        REQUESTED = "requested", _("Requested")
        ACCEPTED = "accepted", _("Accepted")
        DECLINED = "declined", _("Declined")
        CARRIED_OUT = "carried_out", _("Carried out")
        EVALUATED = "evaluated", _("Evaluated")
        CLOSED = "closed", _("Closed")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    KEEP, EVALUATE = "workpackages.change_testtransaction", "workpackages.evaluate_testtransaction"
    MOVES = {
        "accept": Move(Status.REQUESTED, Status.ACCEPTED, KEEP, _("Accepted by the provider")),
        "decline": Move(Status.REQUESTED, Status.DECLINED, KEEP, _("Declined by the provider")),
        "carry_out": Move(Status.ACCEPTED, Status.CARRIED_OUT, KEEP, _("Carried out")),
        "evaluate": Move((Status.CARRIED_OUT, Status.EVALUATED), Status.EVALUATED, EVALUATE, _("Evaluate")),
        "close": Move(Status.EVALUATED, Status.CLOSED, KEEP, _("Close")),
        "reopen": Move(Status.CLOSED, Status.EVALUATED, KEEP, _("Open again")),
        "withdraw": Move((Status.REQUESTED, Status.ACCEPTED), Status.WITHDRAWN, KEEP, _("Withdraw")),
    }

    year = models.PositiveSmallIntegerField(_("year"), editable=False)
    sequence = models.PositiveIntegerField(_("number in the year"), editable=False)
    # An organisation that is removed from the register of members leaves its name open here: nobody outside learns that it stood here.
    authority = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("requesting authority")
    )
    authority_country = CountryField(_("country of the requesting authority"), blank=True)
    provider = models.ForeignKey(
        Organisation, models.SET_NULL, null=True, related_name="+", verbose_name=_("payment provider")
    )
    status = models.CharField(
        _("status"), max_length=11, choices=Status, default=Status.REQUESTED, editable=False, db_index=True
    )
    requested_on = models.DateField(_("requested on"))
    answered_on = models.DateField(_("answered on"), null=True, blank=True)
    carried_out_on = models.DateField(_("carried out on"), null=True, blank=True)
    evaluated_on = models.DateField(_("evaluated on"), null=True, blank=True)
    closed_on = models.DateField(_("ended on"), null=True, blank=True, db_index=True)
    outcome = models.CharField(_("outcome"), max_length=19, choices=Outcome, blank=True)
    means_checked = count_field(_("payment means checked"))
    accounts_referred = count_field(_("accounts referred to law enforcement"))
    merchants_referred = count_field(_("merchants referred to law enforcement"))
    hours_spent = count_field(_("hours spent"))
    removal_notified_on = models.DateField(_("removal announced on"), null=True, editable=False)
    is_demo = models.BooleanField(_("demonstration record"), default=False, editable=False)

    history = HistoricalRecords(excluded_fields=["removal_notified_on"])
    objects = TestTransactionQuerySet.as_manager()

    class Meta:
        verbose_name = _("test transaction")
        verbose_name_plural = _("test transactions")
        ordering = ["-year", "-sequence"]
        permissions = [("evaluate_testtransaction", "Can enter the outcome and the evaluation of a test transaction")]
        constraints = [
            models.UniqueConstraint(fields=["year", "sequence"], name="workpackages_transaction_number_once"),
            models.CheckConstraint(
                condition=Q(authority=None) | Q(authority_country=""), name="workpackages_transaction_one_authority"
            ),
            models.CheckConstraint(  # what is empty is not compared
                condition=Q(*[Q(**{f"{later}__gte": F(earlier)}) for earlier, later in combinations(DAYS, 2)]),
                name="workpackages_transaction_days_in_order",
            ),
            # What stands in a row of each status, and what does not.
            models.CheckConstraint(
                condition=Q(status__in=["requested", "withdrawn"]) | Q(answered_on__isnull=False),
                name="workpackages_transaction_answered_has_day",
            ),
            models.CheckConstraint(
                condition=Q(status="requested", answered_on=None) | ~Q(status="requested"),
                name="workpackages_transaction_requested_has_no_answer",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["carried_out", "evaluated", "closed"], carried_out_on__isnull=False)
                | (~Q(status__in=["carried_out", "evaluated", "closed"]) & Q(carried_out_on=None)),
                name="workpackages_transaction_carried_out_has_day",
            ),
            models.CheckConstraint(
                condition=Q(
                    status__in=["evaluated", "closed"], evaluated_on__isnull=False,
                    **{f"{name}__isnull": False for name in FIGURES}, **{f"{name}__lte": MOST for name in FIGURES},
                )
                | (~Q(status__in=["evaluated", "closed"]) & Q(evaluated_on=None, **dict.fromkeys(FIGURES))),
                name="workpackages_transaction_evaluated_has_figures",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["declined", "withdrawn", "closed"], closed_on__isnull=False)
                | (~Q(status__in=["declined", "withdrawn", "closed"]) & Q(closed_on=None)),
                name="workpackages_transaction_ended_has_day",
            ),
            models.CheckConstraint(
                condition=Q(status__in=["requested", "accepted", "carried_out"], outcome="")
                | Q(status__in=["declined", "withdrawn"], outcome="not_carried_out")
                | (Q(status__in=["evaluated", "closed"]) & ~Q(outcome__in=["", "not_carried_out"])),
                name="workpackages_transaction_outcome_fits",
            ),
        ]  # fmt: skip

    def __str__(self):
        return self.reference

    @property
    def reference(self):
        return f"TT-{self.year}-{self.sequence:04}"

    def get_absolute_url(self):
        return reverse("workspace_work:test_transaction", args=[self.reference])

    @property
    def requested_by(self):
        """Name who asked: a member, or the authority of a country."""
        if self.authority_country:
            return authority_of(self.authority_country.code)
        return str(self.authority or gettext("An organisation that was removed"))

    @property
    def asked(self):
        """Name who was asked."""
        return str(self.provider or gettext("An organisation that was removed"))

    @property
    def days_to_answer(self):
        return (self.answered_on - self.requested_on).days if self.answered_on else None

    @property
    def is_ended(self):
        return self.closed_on is not None


def authority_of(code):
    return gettext("Authority (%(country)s)") % {"country": countries.name(code)}


class TestTransactionCount(models.Model):
    """What is left of requests whose time is over: how many there were in a year, of an outcome, to a kind of provider."""

    __test__ = False

    year = models.PositiveSmallIntegerField(_("year"))
    outcome = models.CharField(_("outcome"), max_length=19, choices=Outcome)
    provider_kind = models.CharField(_("kind of provider"), max_length=12, choices=Organisation.Kind)
    requests = models.PositiveIntegerField(_("requests"), default=0)
    answered = models.PositiveIntegerField(_("answered"), default=0)
    carried_out = models.PositiveIntegerField(_("carried out"), default=0)
    means_checked = models.PositiveIntegerField(_("payment means checked"), default=0)
    accounts_referred = models.PositiveIntegerField(_("accounts referred to law enforcement"), default=0)
    merchants_referred = models.PositiveIntegerField(_("merchants referred to law enforcement"), default=0)
    hours_spent = models.PositiveIntegerField(_("hours spent"), default=0)

    class Meta:
        verbose_name = _("count of test transactions")
        verbose_name_plural = _("counts of test transactions")
        ordering = ["-year", "outcome", "provider_kind"]
        constraints = [
            models.UniqueConstraint(fields=["year", "outcome", "provider_kind"], name="workpackages_transactioncount_once")
        ]  # fmt: skip

    def __str__(self):
        return f"{self.year}, {self.get_outcome_display()}"
