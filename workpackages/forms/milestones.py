from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.models import Decision
from workpackages.forms.deliverables import DeliverableForm, day_field
from workpackages.models import SENTENCE, Deliverable, Milestone

CHOOSE = _("Choose one from the list.")


class NewMilestoneForm(forms.Form):
    """A milestone as its lead promises it."""

    title = forms.CharField(label=_("Title"), max_length=200)
    verification = forms.CharField(
        label=_("Means of verification"), max_length=SENTENCE, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("How anyone can see that it is reached, for example: The minutes of the meeting are approved."),
    )  # fmt: skip
    baseline_month = forms.IntegerField(
        label=_("Month"), min_value=1, max_value=120,
        help_text=_("The month of the programme in which it is promised, 3 for M3. It never changes afterwards."),
        error_messages={"invalid": _("Write the month as a number, for example 3.")},
    )  # fmt: skip


class ChangeMilestoneForm(NewMilestoneForm):
    """Its words; the promised month stands."""

    baseline_month = None


class RescheduleForm(forms.Form):
    """Another day for a milestone, with the reason."""

    due_on = day_field(label=_("New day"), help_text=_("The promised month stays visible."))
    reason = forms.CharField(
        label=_("Reason"), max_length=600, widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The Steering Group and the progress report name it."),
        error_messages={"required": _("Give the reason: the Steering Group and the report name it.")},
    )  # fmt: skip

    def __init__(self, *args, record=None, **kwargs):
        super().__init__(*args, **kwargs)


class EvidenceForm(forms.Form):
    """What shows it: a sentence, with a deliverable, a decision or a file. The verb says what is missing."""

    sentence = forms.CharField(
        label=_("What shows it, in one sentence"), max_length=SENTENCE, required=False, widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"max_length": _("This has %(show_value)d characters. Shorten it to 240.")},
    )  # fmt: skip
    deliverable = forms.ModelChoiceField(
        Deliverable.objects.none(), label=_("Deliverable"), required=False, empty_label=_("None"), error_messages={"invalid_choice": CHOOSE}
    )  # fmt: skip
    decision = forms.ModelChoiceField(
        Decision.objects.none(), label=_("Decision"), required=False, empty_label=_("None"), error_messages={"invalid_choice": CHOOSE}
    )  # fmt: skip
    upload = forms.FileField(label=_("File"), required=False, help_text=_("PDF, Word, Excel, PNG or JPEG."))

    def __init__(self, *args, record, user=None, **kwargs):
        super().__init__(*args, **kwargs)
        programme = record.work_package.programme_id
        for name, rows in (
            ("deliverable", Deliverable.objects.filter(work_package__programme=programme).order_by("work_package__number", "number")),
            ("decision", Decision.objects.order_by("-year", "-sequence")),
        ):  # fmt: skip
            rows = rows if user is None else rows.visible_to(user)
            self.fields[name].queryset = rows.select_related("work_package") if name == "deliverable" else rows
            if name == "decision" and not rows.exists():
                del self.fields[name]


class ReachForm(EvidenceForm):
    """When it was reached, and what shows it."""

    reached_on = day_field(label=_("Reached on"), initial=timezone.localdate, required=False)
    field_order = ["reached_on"]


class MilestoneForm(DeliverableForm):
    """A milestone at the desk: the promised month gives the first day that counts."""

    class Meta:
        model = Milestone
        fields = ["work_package", "number", "title", "verification", "baseline_month"]
