from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _


class ConfirmForm(forms.Form):
    """One choice for each person of an organisation (`organisation.acting`): still acts for it, or no longer does.

    It is shown to who acts for the organisation too and so knows the names of all of them.
    """

    KEEP, END = "keep", "end"
    CHOICES = [(KEEP, _("Still acts for us")), (END, _("No longer acts for us"))]

    def __init__(self, *args, organisation, **kwargs):
        super().__init__(*args, auto_id=f"id-{organisation.pk}-%s", **kwargs)
        self.organisation = organisation
        self.rows = organisation.acting
        for row in self.rows:
            self.fields[f"row-{row.pk}"] = forms.ChoiceField(
                label=row.person.name,
                help_text=", ".join(part for part in (row.function, row.person.email) if part),
                choices=self.CHOICES,
                widget=forms.RadioSelect,
                error_messages={
                    "required": _("Choose for each person whether they still act for you."),
                    "invalid_choice": _("Choose one of the two."),
                },
            )

    def clean(self):
        found = super().clean()
        self.ended = [row for row in self.rows if found.get(f"row-{row.pk}") == self.END]
        if self.rows and len(self.ended) == len(self.rows):
            raise ValidationError(_("Somebody must act for you. Name a successor first, then end the last person."))
        return found
