"""What an organisation answers: a form made of the questions of a template, and the few words around a return."""

import re
from datetime import date
from decimal import Decimal, InvalidOperation

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from workpackages.forms.deliverables import day_field
from workpackages.models import COMMENT, DIGITS, DataField, DataReturn

Kind = DataField.Kind
SPACES = re.compile(r"[\s\u00a0\u202f]+")
NOT_ON_LIST = {"invalid_choice": _("Choose one from the list.")}
WHOLE = _("Write a whole number in digits, without comma, point or words, for example 1200.")


class CountField(forms.Field):
    """A whole number of none or more. Spaces between the digits are left out; a comma or a point is asked about, as it can mean two things."""

    def to_python(self, value):
        text = SPACES.sub("", str(value or ""))
        if not text:
            return None
        if re.fullmatch(r"[-–−]\d+([.,]\d+)?", text, re.ASCII):
            raise ValidationError(_("A count cannot be below 0. Write 0 or more."))
        if not re.fullmatch(r"\d+", text, re.ASCII):
            raise ValidationError(WHOLE)
        if len(text.lstrip("0")) > DIGITS:
            raise ValidationError(
                _("This number has %(n)s digits, and at most %(most)s are taken. Check it.")
                % {"n": len(text.lstrip("0")), "most": DIGITS}
            )
        return int(text)


class PercentageField(forms.Field):
    """A number from 0 to 100 with at most one decimal, after a comma or a point."""

    def to_python(self, value):
        text = SPACES.sub("", str(value or "")).removesuffix("%").replace(",", ".")
        if not text:
            return None
        if not re.fullmatch(r"[-–−]?\d{1,9}(\.\d{1,9})?", text, re.ASCII):
            raise ValidationError(_("Write a number from 0 to 100, for example 12 or 12.5."))
        try:
            number = Decimal(text.replace("–", "-").replace("−", "-"))
        except InvalidOperation as error:
            raise ValidationError(_("Write a number from 0 to 100, for example 12 or 12.5.")) from error
        if not 0 <= number <= 100:
            raise ValidationError(_("A percentage lies between 0 and 100."))
        if number != number.quantize(Decimal("0.1")):
            raise ValidationError(_("Round it to one decimal, for example 12.5."))
        return number.normalize() if number else Decimal(0)


class YesNoField(forms.TypedChoiceField):
    def __init__(self, **kwargs):
        choices = [("yes", _("Yes")), ("no", _("No"))]
        super().__init__(
            choices=choices, coerce=lambda value: value == "yes", empty_value=None, widget=forms.RadioSelect,
            error_messages=NOT_ON_LIST, **kwargs,
        )  # fmt: skip

    def prepare_value(self, value):
        return {True: "yes", False: "no"}.get(value, value)


class MonthField(forms.Field):
    """A month, kept as its first day."""

    widget = forms.TextInput(attrs={"type": "month"})

    def to_python(self, value):
        text = str(value or "").strip()
        if not text:
            return None
        try:
            year, month = re.fullmatch(r"(\d{4})-(\d{1,2})", text, re.ASCII).groups()
            return date(int(year), int(month), 1)
        except (AttributeError, ValueError) as error:
            raise ValidationError(_("Write the month as year and month, for example 2026-03.")) from error

    def prepare_value(self, value):
        return f"{value:%Y-%m}" if isinstance(value, date) else value


def seen_field():
    """Return the hidden field with the revision of the return that the person has read."""
    sentence = _("Open the page again and repeat your change; your figures are still here.")
    words = dict.fromkeys(("required", "invalid", "min_value", "max_value"), sentence)
    return forms.IntegerField(min_value=0, max_value=2**31 - 1, widget=forms.HiddenInput, error_messages=words)


def made_of(field):
    """Return the form field that takes the answer to a question. Whether it must be answered is asked on the check page."""
    unit = f" ({field.unit})" if field.unit else ""
    about = {"label": f"{field.label}{unit}", "help_text": field.help_text, "required": False}
    if field.kind == Kind.COUNT:
        return CountField(widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}), **about)
    if field.kind == Kind.PERCENTAGE:
        return PercentageField(widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}), **about)
    if field.kind == Kind.YES_NO:
        return YesNoField(**about)
    if field.kind == Kind.CHOICE:
        return forms.ChoiceField(
            choices=[("", _("Choose one")), *((one, one) for one in field.choices)],
            error_messages=NOT_ON_LIST, **about,
        )  # fmt: skip
    return MonthField(**about) if field.kind == Kind.MONTH else day_field(**about)


class ReturnForm(forms.Form):
    """The questions of a template, in their sections; `seen` is the revision of the return that the person has read."""

    use_required_attribute = False
    seen = seen_field()

    def __init__(self, *args, questions, **kwargs):
        super().__init__(*args, **kwargs)
        self.questions = list(questions)
        for question in self.questions:
            self.fields[question.key] = made_of(question)

    def sections(self):
        """Return [(heading, bound fields)] in the order of the template; a draft may have gaps, so what must be there is only marked here."""
        found = {}
        for question in self.questions:
            self.fields[question.key].required = question.is_required
            found.setdefault(question.section, []).append(self[question.key])
        return list(found.items())

    def answers(self):
        """Return {key: answer} of what was filled in, once the form is valid."""
        given = {question.key: self.cleaned_data.get(question.key) for question in self.questions}
        return {key: value for key, value in given.items() if value not in (None, "")}


class SureField(forms.MultipleChoiceField):
    """Ticks that are all needed; which one is missing is said by the verb, at its number."""

    def validate(self, value):
        if value:
            super().validate(value)


class CheckForm(forms.Form):
    """The page before sending: a tick for each unusual number."""

    seen = seen_field()
    sure = SureField(
        label=_("These numbers are unusual"), widget=forms.CheckboxSelectMultiple,
        help_text=_("Tick what is right as it stands."), error_messages=NOT_ON_LIST,
    )  # fmt: skip

    def __init__(self, *args, unusual=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["sure"].choices = unusual
        if not unusual:
            del self.fields["sure"]


class DataCommentForm(forms.Form):
    text = forms.CharField(
        label=_("Comment"), max_length=COMMENT, widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={
            "required": _("Write your comment first."), "max_length": _("This has %(show_value)d characters. Shorten it to 300."),
        },
    )  # fmt: skip


class ReopenForm(forms.Form):
    """Why a return is opened again, out of a list, and until when."""

    reason = forms.ChoiceField(
        label=_("Why?"), choices=DataReturn.Reason, widget=forms.RadioSelect,
        error_messages={"required": _("Choose a reason."), "invalid_choice": _("Choose a reason from the list.")},
    )  # fmt: skip
    open_until = day_field(label=_("Open until"), help_text=_("The end of this day, Brussels time."))
