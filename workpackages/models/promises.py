from django.core.validators import MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from workpackages.models.deliverables import Deliverable
from workpackages.models.programmes import Objective, Programme


class Promise(models.Model):
    """Something countable that a programme has promised. How often it was kept is never typed: it is counted from records
    (`efc.reporting`), by the counter that is named here or by the deliverable that stands for it.
    """

    class Counter(models.TextChoices):
        """What is counted; the roof knows how, as the records lie in several rooms."""

        DELIVERABLE = "deliverable", _("The deliverable was handed in")
        MEMORANDUM = "memorandum", _("Memoranda that every member has signed")
        TRAININGS = "trainings", _("Training courses held")
        AWARENESS = "awareness", _("Awareness events held")
        PRESS = "press_conferences", _("Press conferences held")
        PRESS_RELEASES = "press_releases", _("Press releases published")
        NEWSLETTERS = "newsletters", _("Newsletters sent")
        ANALYSES = "analyses", _("Strategic assessments published")
        LEAFLETS = "leaflets", _("Leaflets published")
        MEETINGS = "meetings", _("Meetings with other networks held")
        DATA_TEMPLATES = "data_templates", _("Templates for collecting data put in force")
        DATA_ROUNDS = "data_rounds", _("Rounds of collecting data closed")
        TEST_TRANSACTIONS = "test_transactions", _("The mechanism for test transactions stands")

    programme = models.ForeignKey(Programme, models.CASCADE, related_name="promises", verbose_name=_("programme"))
    objective = models.ForeignKey(
        Objective, models.CASCADE, null=True, blank=True, related_name="promises", verbose_name=_("objective")
    )
    order = models.PositiveSmallIntegerField(_("order"), default=0)
    text = models.CharField(_("what was promised"), max_length=200)
    planned = models.PositiveSmallIntegerField(_("how many"), validators=[MinValueValidator(1)])
    is_yearly = models.BooleanField(_("each year"), default=False)
    attendance = models.PositiveSmallIntegerField(
        _("people expected at each"),
        null=True,
        blank=True,
        help_text=_("About how many; empty where nobody is counted."),
    )
    counter = models.CharField(_("counted from"), max_length=20, choices=Counter)
    deliverable = models.ForeignKey(
        Deliverable, models.SET_NULL, null=True, blank=True, related_name="promises", verbose_name=_("deliverable")
    )

    class Meta:
        verbose_name = _("promise")
        verbose_name_plural = _("promises")
        ordering = ["programme", "objective__number", "order", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(counter="deliverable", deliverable__isnull=False) | ~models.Q(counter="deliverable"),
                name="workpackages_promise_names_its_deliverable",
                violation_error_message=_("Name the deliverable that stands for this promise."),
            )
        ]

    def __str__(self):
        return self.text

    @property
    def planned_in_all(self):
        """Return how many the whole programme promises: of what is yearly, one lot for each year begun."""
        if not self.is_yearly:
            return self.planned
        months = self.programme.last_month or 12
        return self.planned * max(1, -(-months // 12))
