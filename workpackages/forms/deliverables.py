from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from members.forms.desk import DeskForm
from workpackages.models import SENTENCE, Comment, DeliverableFile, Outlook

DELIVERED = "delivered"
DAY = {"invalid": _("Write the day as year, month and day, for example 2015-04-30.")}


def day_field(**kwargs):
    return forms.DateField(
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages=DAY,
        **kwargs,
    )


class UpdateForm(forms.Form):
    """How a deliverable stands, in the words of its lead. What each answer asks for is checked together."""

    state = forms.ChoiceField(
        label=_("How does it stand?"),
        choices=[
            *((value, Outlook(value).label) for value in ("on_track", "at_risk", "late")),
            (DELIVERED, _("Delivered")),
        ],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose one."), "invalid_choice": _("Choose one.")},
    )
    sentence = forms.CharField(
        label=_("In one sentence"),
        max_length=SENTENCE,
        required=False,
        help_text=_(
            "At most 240 characters, needed when it is at risk or late. The Steering Group reads it on its overview, "
            "the Commission in the report."
        ),
        error_messages={"max_length": _("This has %(show_value)d characters. Shorten it to 240.")},
    )
    cause = forms.CharField(
        label=_("Cause"),
        required=False,
        max_length=600,
        help_text=_("If it is at risk or late and needs more time: why. The Steering Group decides on the new day."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    proposed_on = day_field(label=_("Proposed new day"), required=False, help_text=_("The planned day stays visible."))
    upload = forms.FileField(
        label=_("File"), required=False, help_text=_("If it is delivered: PDF, Word, Excel, PNG or JPEG.")
    )
    access = forms.ChoiceField(
        label=_("Who may read the file"),
        choices=DeliverableFile.Access,
        initial=DeliverableFile.Access.TEAM,
        widget=forms.RadioSelect,
        required=False,
    )
    seen = forms.IntegerField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args, deliverable, **kwargs):
        self.deliverable = deliverable
        super().__init__(*args, **kwargs)

    def clean(self):
        asked = super().clean()
        state, cause, day = asked.get("state"), asked.get("cause", "").strip(), asked.get("proposed_on")
        if state == DELIVERED:
            if not asked.get("upload") and not self.deliverable.files.exists():
                self.add_error(
                    "upload", _("Upload the file that is handed in. It needs one before it can count as delivered.")
                )
            return asked
        if state in (Outlook.AT_RISK, Outlook.LATE) and not asked.get("sentence", "").strip():
            self.add_error("sentence", _("Say in one sentence what stands in the way."))
        if day and day <= timezone.localdate():
            self.add_error("proposed_on", _("Propose a day after today."))
        elif day and day <= self.deliverable.due_on:
            self.add_error("proposed_on", _("It is due on that day or later already. Propose a later day."))
        if day and not cause:
            self.add_error("cause", _("Give the cause: the Steering Group decides on it, and the report names it."))
        if cause and not day and "proposed_on" not in self.errors:
            self.add_error("proposed_on", _("Propose a day, or leave the cause empty if no more time is needed."))
        return asked


class CommentForm(forms.ModelForm):
    class Meta:
        model = Comment
        fields = ["text"]
        widgets = {"text": forms.Textarea(attrs={"rows": 3})}
        error_messages = {"text": {"required": _("Write your comment first.")}}


class FilterForm(forms.Form):
    """What the list of deliverables is narrowed to."""

    wp = forms.ChoiceField(label=_("Work package"), required=False)
    state = forms.ChoiceField(
        label=_("Status"),
        required=False,
        choices=[
            ("", _("All")), ("open", _("Open")), ("late", _("Late")), ("soon", _("Due in the next 90 days")), ("delivered", _("Delivered"))
        ],
    )  # fmt: skip

    def __init__(self, *args, packages=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["wp"].choices = [("", _("All work packages")), *((str(p.number), str(p)) for p in packages)]
        for field in self.fields.values():
            field.error_messages["invalid_choice"] = _("Choose one from the list.")


class ReasonForm(forms.Form):
    """Why the Commission rejected what was handed in."""

    reason = forms.CharField(
        label=_("Reason of the Commission"), max_length=2000, widget=forms.Textarea(attrs={"rows": 3})
    )


class RefuseForm(forms.Form):
    """Why more time is not granted."""

    reason = forms.CharField(
        label=_("Why more time is not granted"), max_length=SENTENCE, help_text=_("One sentence. The leads read it in their letter."),
        error_messages={
            "required": _("Say in one sentence why. The leads read it in their letter."),
            "max_length": _("This has %(show_value)d characters. Shorten it to 240."),
        },
    )  # fmt: skip


class AcceptForm(DeskForm):
    """When the Commission accepted what was handed in; at the desk for one or for many."""

    accepted_on = day_field(label=_("Accepted on"), required=False, help_text=_("Empty: today."))


class RejectForm(DeskForm, ReasonForm):
    """Why the Commission rejected it, at the desk."""


class DeliverableForm(forms.ModelForm):
    """A deliverable at the desk: the promised month gives the first day that counts."""

    def clean(self):
        asked = super().clean()
        package, month = asked.get("work_package"), asked.get("baseline_month")
        if package and month and not self.instance.pk:
            if package.programme.starts_on is None:
                raise ValidationError(
                    _("The programme has no first day yet, so its months cannot be counted. Give it one first.")
                )
            last = package.programme.last_month
            if last and month > last:
                self.add_error(
                    "baseline_month", _("The programme has %(n)s months. Give a month up to that.") % {"n": last}
                )
            self.instance.due_on = package.programme.end_of_month(month)
        return asked
