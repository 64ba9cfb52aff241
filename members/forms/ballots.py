from django import forms
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext_lazy as _

from members import rules
from members.models import Application, Ballot, Elector, Seat
from members.models.applications import at_most_150_words
from members.services.ballots import DECIDABLE, concerned

REASON = forms.Textarea(attrs={"rows": 4})
CHOICES = [
    (Elector.Choice.AGREE, _("I agree")),
    (Elector.Choice.OBJECT, _("I object")),
    (Elector.Choice.ABSTAIN, _("I abstain")),
    (Elector.Choice.INTEREST, _("I have a conflict of interest")),
]


class VoteForm(forms.Form):
    """One of four answers. That an objection needs a reason is said by the verb too."""

    choice = forms.ChoiceField(
        label=_("Your answer"),
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choose one of the four answers."),
            "invalid_choice": _("Choose one of the four answers."),
        },
    )
    reason = forms.CharField(
        label=_("Reason or note"),
        required=False,
        max_length=2000,
        widget=REASON,
        help_text=_("An objection needs its reason. The other seats read it."),
    )

    def __init__(self, *args, elector, **kwargs):
        if elector.choice:
            kwargs.setdefault("initial", {"choice": elector.choice, "reason": elector.reason})
        super().__init__(*args, **kwargs)
        if not elector.has_vote:
            self.fields["choice"].choices = CHOICES[-1:]

    def clean(self):
        answers = super().clean()
        if answers.get("choice") == Elector.Choice.OBJECT and not answers.get("reason", "").strip():
            self.add_error("reason", _("Give the reason for your objection, so that the others can weigh it."))
        return answers


class RemarkForm(forms.Form):
    text = forms.CharField(
        label=_("Your comment"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write your comment first.")},
    )


class PrepareForm(forms.Form):
    """A question for a written vote, with an end; the clock opens it where a beginning is given."""

    title = forms.CharField(label=_("Title"), max_length=200)
    question = forms.CharField(
        label=_("Question"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("One that can be agreed to."),
    )
    note = forms.CharField(
        label=_("Note of the Secretariat"),
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        validators=[at_most_150_words],
        help_text=_("At most 150 words."),
    )
    closes_on = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        help_text=_("Empty: ten working days after the opening. The ballot closes at the closing hour in Brussels."),
        error_messages={"invalid": _("Write the day as year, month and day, for example 2015-03-17.")},
    )
    is_blind = forms.BooleanField(
        label=_("Blind"), required=False, help_text=_("Others’ votes and comments are shown after one’s own vote only.")
    )

    def clean_closes_on(self):
        day = self.cleaned_data["closes_on"]
        if day and day <= rules.brussels_day(timezone.now()):
            raise forms.ValidationError(_("Choose a day after today."))
        return day

    def answers(self, hour):
        """Return what `prepare_ballot` takes."""
        answers = dict(self.cleaned_data)
        day = answers.pop("closes_on")
        return {**answers, "kind": Ballot.Kind.WRITTEN, "closes_at": rules.at_hour(day, hour) if day else None}


class SittingForm(forms.Form):
    """First half of recording a sitting: when, who was there, what was decided. The votes are asked on the next page."""

    title = forms.CharField(
        label=_("Name of the meeting"), max_length=150, help_text=_("For example: Meeting 9 of the Steering Group.")
    )
    held_on = forms.DateField(
        label=_("Held on"),
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the day as year, month and day, for example 2015-03-17.")},
    )
    present = forms.ModelMultipleChoiceField(
        label=_("Seats present"),
        queryset=Seat.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose the seats that were present.")},
    )
    applications = forms.ModelMultipleChoiceField(
        label=_("Applications decided"),
        queryset=Application.objects.none(),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one application.")},
    )

    def __init__(self, *args, user, **kwargs):
        super().__init__(*args, **kwargs)
        day = _day(self.data.get("held_on")) if self.is_bound else None
        self.fields["present"].queryset = Seat.objects.voting(day).select_related("organisation")
        self.fields["present"].label_from_instance = lambda seat: str(seat)
        self.fields["applications"].queryset = (
            Application.objects.visible_to(user)
            .filter(status__in=DECIDABLE)
            .exclude(ballots__status__in=[Ballot.Status.DRAFT, Ballot.Status.OPEN])
            .order_by("organisation_name")
        )

    def clean_held_on(self):
        day = self.cleaned_data["held_on"]
        if day > rules.brussels_day(timezone.now()):
            raise forms.ValidationError(_("This day lies ahead. Record the sitting once it was held."))
        return day


def _day(text):
    """Return the day that was typed; None where it is none, which its own field says."""
    try:
        return parse_date(text or "")
    except ValueError:
        return None


class SittingVotesForm(forms.Form):
    """Second half: for each application and each seat that was present what it voted; who is concerned is not asked."""

    def __init__(self, *args, applications, present, **kwargs):
        super().__init__(*args, **kwargs)
        self.rows = []
        for application in applications:
            own, cells = concerned(application), []
            for seat in present:
                if seat.organisation_id in own:
                    cells.append((seat, None, None))
                    continue
                choice, reason = f"choice-{application.pk}-{seat.pk}", f"reason-{application.pk}-{seat.pk}"
                named = {"seat": seat.organisation, "application": application}
                self.fields[choice] = forms.ChoiceField(
                    label=_("Vote of %(seat)s on %(application)s") % named,
                    choices=Elector.Choice.choices,
                    initial=Elector.Choice.AGREE,
                    error_messages={"invalid_choice": _("Choose one of the four answers.")},
                )
                self.fields[reason] = forms.CharField(
                    label=_("Reason of %(seat)s on %(application)s") % named, required=False, max_length=2000
                )
                cells.append((seat, choice, reason))
            self.rows.append((application, cells))

    def clean(self):
        answers = super().clean()
        for _application, cells in self.rows:
            for _seat, choice, reason in cells:
                if choice and answers.get(choice) == Elector.Choice.OBJECT and not answers.get(reason, "").strip():
                    self.add_error(reason, _("Give the reason for the objection."))
        return answers

    def table(self):
        """Yield (application, [(seat, choice field, reason field)]); a recused seat has no fields."""
        for application, cells in self.rows:
            yield (
                application,
                [
                    (seat, self[choice] if choice else None, self[reason] if reason else None)
                    for seat, choice, reason in cells
                ],
            )

    def votes(self):
        """Return what `hold_sitting` takes."""
        given = self.cleaned_data
        return {
            application: {seat: (given[choice], given[reason]) for seat, choice, reason in cells if choice}
            for application, cells in self.rows
        }
