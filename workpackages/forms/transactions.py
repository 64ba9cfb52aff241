from django import forms
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from django_countries import countries

from efc.exports import FORMATS
from workpackages.forms.deliverables import day_field
from workpackages.models import Outcome, TestTransaction
from workpackages.models.transactions import DAYS, FIGURES, MOST
from workpackages.services import transactions
from workpackages.services.transaction_exports import Reason

FROM_LIST = _("Choose one from the list.")
WHOLE = _("Give a whole number from 0 to 10,000.")


class AuthorityField(forms.ChoiceField):
    """A member of law enforcement or justice, or the authority of a country. Cleans to {"authority", "authority_country"}."""

    def __init__(self, **kwargs):
        super().__init__(
            **kwargs, error_messages={"required": _("Choose the authority that asks."), "invalid_choice": FROM_LIST}
        )

    def offer(self, organisations):
        self.members = {f"member:{row.pk}": row for row in organisations}
        self.choices = [
            ("", "–"),
            (_("Members"), [(key, str(row)) for key, row in self.members.items()]),
            (_("The authority of a country"), [(f"country:{code}", name) for code, name in countries]),
        ]

    def clean(self, value):
        chosen = super().clean(value)
        code = "" if chosen in self.members else chosen.removeprefix("country:")
        return {"authority": self.members.get(chosen), "authority_country": code}


class RequestForm(forms.Form):
    """Who asks whom, and when. There is no field for anything about a case."""

    authority = AuthorityField(label=_("Requesting authority"))
    provider = forms.ModelChoiceField(
        label=_("Payment provider asked"), queryset=None, empty_label="–",
        error_messages={"required": _("Choose the payment provider that was asked."), "invalid_choice": FROM_LIST},
    )  # fmt: skip
    requested_on = day_field(label=_("Requested on"))
    is_another = forms.BooleanField(label=_("Yes, this is another request"), required=False, widget=forms.HiddenInput)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["authority"].offer(transactions.authorities())
        self.fields["provider"].queryset = transactions.providers()

    def refuse(self, refusal):
        """Show a refusal at the fields it is about, and ask what it asks. `refusal` is the ValidationError of a verb."""
        named = [name for name in refusal.error_dict if name in self.fields]
        for name in named or refusal.error_dict:
            self.add_error(name if named else None, refusal.error_dict[name])
        if "is_another" in named:
            self.fields["is_another"].widget = forms.CheckboxInput()

    def asked(self):
        """Return the answers as the verbs take them."""
        return {name: value for name, value in self.cleaned_data.items() if name != "authority"} | self.cleaned_data[
            "authority"
        ]


class CorrectForm(RequestForm):
    """What the coordinator can mend: who asked whom, and the days that are entered."""

    def __init__(self, *args, row, **kwargs):
        chosen = f"member:{row.authority_id}" if row.authority_id else f"country:{row.authority_country.code}"
        days = {name: getattr(row, name) for name in DAYS if getattr(row, name)}
        super().__init__(*args, initial={"authority": chosen, "provider": row.provider_id, **days}, **kwargs)
        del self.fields["is_another"]
        for name in days:
            self.fields[name] = day_field(label=capfirst(row._meta.get_field(name).verbose_name))


class MoveForm(forms.Form):
    """The day of a step. Its field is named as the column that the step fills."""

    DAY = {
        "accept": "answered_on", "decline": "answered_on", "carry_out": "carried_out_on", "evaluate": "evaluated_on",
        "close": "closed_on", "withdraw": "closed_on",
    }  # fmt: skip

    def __init__(self, *args, verb, row, **kwargs):
        super().__init__(*args, **kwargs)
        if name := self.DAY.get(verb):
            label = capfirst(row._meta.get_field(name).verbose_name)
            self.fields[name] = day_field(label=label, initial=getattr(row, name) or timezone.localdate())

    refuse = RequestForm.refuse


class EvaluateForm(MoveForm):
    """What came of a test transaction, in one of five words, and its figures."""

    outcome = forms.ChoiceField(
        label=_("Outcome"), widget=forms.RadioSelect,
        choices=[choice for choice in Outcome.choices if choice[0] != Outcome.NOT_CARRIED_OUT],
        error_messages={"required": _("Choose what came of it."), "invalid_choice": FROM_LIST},
    )  # fmt: skip

    def __init__(self, *args, row, **kwargs):
        known = {name: getattr(row, name) for name in (*FIGURES, "outcome")}
        super().__init__(*args, row=row, initial=known, **kwargs)
        for name in FIGURES:
            self.fields[name] = forms.IntegerField(
                label=capfirst(row._meta.get_field(name).verbose_name), min_value=0, max_value=MOST,
                help_text=_("Whole hours of everybody together.") if name == "hours_spent" else _("A number; 0 for none."),
                error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), WHOLE),
            )  # fmt: skip


class TransactionFilter(forms.Form):
    """What the register is narrowed to."""

    status = forms.ChoiceField(
        label=_("Status"), required=False, choices=[("", _("All")), *TestTransaction.Status.choices],
        error_messages={"invalid_choice": FROM_LIST},
    )  # fmt: skip
    year = forms.TypedChoiceField(
        label=_("Year"), required=False, coerce=int, empty_value=None, error_messages={"invalid_choice": FROM_LIST}
    )
    provider = forms.ModelChoiceField(
        label=_("Payment provider"), queryset=None, required=False, empty_label=_("All providers"),
        error_messages={"invalid_choice": FROM_LIST},
    )  # fmt: skip

    def __init__(self, *args, years, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["year"].choices = [("", _("All years")), *((year, year) for year in years)]
        self.fields["provider"].queryset = transactions.providers()

    def narrow(self, rows):
        """Return the rows that fit what was chosen."""
        chosen = {name: value for name, value in getattr(self, "cleaned_data", {}).items() if value}
        return rows.filter(**chosen)

    def chosen(self):
        """Return the names of what was chosen."""
        return sorted(name for name, value in getattr(self, "cleaned_data", {}).items() if value)


class ExportForm(forms.Form):
    file_format = forms.ChoiceField(
        label=_("Format"), choices=list(FORMATS.items()), widget=forms.RadioSelect, initial="xlsx",
        error_messages={"required": FROM_LIST, "invalid_choice": FROM_LIST},
    )  # fmt: skip
    reason = forms.ChoiceField(
        label=_("Reason"), choices=Reason.choices, widget=forms.RadioSelect,
        error_messages={"required": _("Choose why the file is needed."), "invalid_choice": FROM_LIST},
    )  # fmt: skip
