from datetime import date

from django import forms
from django.contrib.postgres.constraints import ExclusionConstraint
from django.core.exceptions import ValidationError
from django.forms.models import BaseInlineFormSet
from django.utils.translation import gettext_lazy as _

from members.models import Sector, Strand

CHOOSE = _("Choose one from the list.")


class DayForm(forms.Form):
    """The day for which the register is shown, `?as_of=2015-03-17`; today when left out."""

    as_of = forms.DateField(
        label=_("As of"),
        required=False,
        input_formats=["%Y-%m-%d"],
        widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}),
        error_messages={"invalid": _("Write the day as year, month and day, for example 2015-03-17.")},
    )


class DirectoryForm(DayForm):
    """What the directory is filtered by. `work` are the work packages to choose from."""

    field_order = ["q", "sector", "wp", "as_of"]

    q = forms.CharField(
        label=_("Name"), required=False, max_length=100, widget=forms.TextInput(attrs={"type": "search"})
    )
    sector = forms.ChoiceField(label=_("Sector"), required=False, error_messages={"invalid_choice": CHOOSE})
    wp = forms.ChoiceField(label=_("Work package"), required=False, error_messages={"invalid_choice": CHOOSE})

    def __init__(self, *args, work=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sector"].choices = [
            ("", _("All sectors")),
            (_("Groups"), Strand.choices),
            (_("Sectors"), Sector.choices),
        ]
        self.fields["wp"].choices = [("", _("All work packages")), *((part.code, part.name) for part in work)]


# ── at the desk ──────────────────────────────────────────────────────────


class TermForm(forms.ModelForm):
    """A row with a term. That terms do not overlap is checked over all rows together (`TermFormSet`), as they are saved together."""

    def validate_constraints(self):
        for constraint in self._meta.model._meta.constraints:
            if not isinstance(constraint, ExclusionConstraint):
                try:
                    constraint.validate(self._meta.model, self.instance, exclude=self._get_validation_exclusions())
                except ValidationError as error:
                    self._update_errors(error)


class TermFormSet(BaseInlineFormSet):
    """Rows whose terms must not overlap where `alike` (a field, or nothing for all rows) is the same."""

    alike = None

    def clean(self):
        super().clean()
        kept = []
        for form in self.forms:
            if not form.is_valid() or form in self.deleted_forms or not (form.has_changed() or form.instance.pk):
                continue
            row = form.instance
            others = [
                other for other in kept if not self.alike or getattr(other, self.alike) == getattr(row, self.alike)
            ]
            if any(overlap(row, other) for other in others):
                form.add_error(
                    "starts_on", _("These days overlap another row. End one on the day before the other begins.")
                )
            kept.append(row)


def overlap(one, other):
    return (one.starts_on or date.min) <= (other.ends_on or date.max) and (other.starts_on or date.min) <= (
        one.ends_on or date.max
    )
