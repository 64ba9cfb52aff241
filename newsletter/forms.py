"""The forms of the newsletter: the public's, then the desk's."""

import difflib

from django import forms
from django.conf import settings
from django.core.validators import validate_email
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from efc.editor import GuardedForm
from efc.fields import plain_address
from efc.gate import GateMixin
from events.models import Event
from newsletter.models import Suppression
from newsletter.services import issues
from publications.models import NewsItem, Publication

# Domains that many people have; one that looks nearly like them is asked about, not refused.
COMMON_DOMAINS = [
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com", "icloud.com", "proton.me", "protonmail.com",
    "mail.com", "gmx.de", "gmx.net", "web.de", "t-online.de", "orange.fr", "free.fr", "laposte.net", "wanadoo.fr", "skynet.be",
    "telenet.be", "proximus.be", "ziggo.nl", "kpnmail.nl", "planet.nl", "europol.europa.eu", "ec.europa.eu", "europarl.europa.eu",
]  # fmt: skip


def likely_meant(email):
    """Return the address with the domain that was probably meant, or nothing.

    >>> likely_meant("name@gmial.com")
    'name@gmail.com'
    """
    name, _at, domain = email.rpartition("@")
    if domain in COMMON_DOMAINS:
        return ""
    near = difflib.get_close_matches(domain, COMMON_DOMAINS, 1, cutoff=0.87)
    return f"{name}@{near[0]}" if near else ""


class SubscribeForm(GateMixin, forms.Form):
    """One field. A domain that looks misspelt is asked about once: the answer comes as `use`, the address to take."""

    gate_scope = "newsletter.subscribe"

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address, like name@example.org."),
            "invalid": _("Enter an e-mail address, like name@example.org."),
        },
    )

    def __init__(self, data=None, **kwargs):
        if data is not None and data.get("use"):
            data = data.copy()
            data["email"] = data["use"]
        super().__init__(data, **kwargs)
        self.gate_limits = settings.SUBSCRIBE_LIMITS
        self.meant = ""

    def clean_email(self):
        email = plain_address(self.cleaned_data["email"])
        self.meant = "" if self.data.get("use") else likely_meant(email)
        if self.meant:
            raise forms.ValidationError(gettext("Did you mean %(meant)s?") % {"meant": self.meant}, "misspelt")
        return email


class LanguageForm(forms.Form):
    """The language in which a subscriber wants our letters."""

    language = forms.ChoiceField(
        label=_("Language of our letters"),
        choices=list(settings.LANGUAGE_NAMES.items()),
        widget=forms.RadioSelect,
        help_text=_("The issues themselves are written in English."),
    )


class ConfirmForm(LanguageForm):
    """The button of the confirmation; the language may be left as it is."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["language"].required = False


# ── the desk ─────────────────────────────────────────────────────────────


class Things(forms.ModelMultipleChoiceField):
    """Published things to tick, each with its date."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, thing):
        day = thing.starts_on if isinstance(thing, Event) else thing.dated_on
        return format_html(
            "{} <span class=offer-date>{}, {}</span>", thing.title, thing.get_kind_display(), date_format(day, "j F Y")
        )


class IssueForm(GuardedForm):
    """An issue as it is written, with what can be taken in. A new one has everything ticked."""

    take_news = Things(NewsItem.objects.none(), label=_("News"), required=False)
    take_publications = Things(Publication.objects.none(), label=_("Publications"), required=False)
    take_events = Things(Event.objects.none(), label=_("Dates ahead"), required=False)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        offers = issues.offered(self.instance)
        for name, rows in zip(["take_news", "take_publications", "take_events"], offers.values(), strict=True):
            if name in self.fields:
                self.fields[name].queryset = rows
                if not self.instance.pk:
                    self.initial[name] = list(rows)
                if not rows:
                    self.fields[name].help_text = _("Nothing new since the last issue.")

    def taken(self):
        """Return the ticked things, in the order in which they are shown."""
        return [
            thing
            for name in ("take_news", "take_publications", "take_events")
            for thing in self.cleaned_data.get(name) or []
        ]


class TestForm(forms.Form):
    """Up to six addresses, one on each line, for a test of an issue."""

    addresses = forms.CharField(
        label=_("Send me a test"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Your own address, and up to five more, each on its own line."),
        error_messages={"required": _("Enter at least one address, like name@example.org.")},
    )

    def clean_addresses(self):
        addresses = list(dict.fromkeys(self.cleaned_data["addresses"].replace(",", " ").split()))
        if len(addresses) > issues.TEST_ADDRESSES:
            raise forms.ValidationError(gettext("Take some out: a test goes to at most six addresses."))
        for address in addresses:
            try:
                validate_email(address)
            except forms.ValidationError as error:
                raise forms.ValidationError(
                    gettext("Write %(address)s like name@example.org, or take it out.") % {"address": address[:80]}
                ) from error
        return addresses


class SendForm(forms.Form):
    """When an issue goes out; and, for who gives the last word, the number of recipients typed."""

    when = forms.ChoiceField(
        label=_("When"), choices=[("now", _("Now")), ("later", _("At a time"))], initial="now", widget=forms.RadioSelect
    )
    send_at = forms.DateTimeField(
        label=_("Time"),
        required=False,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
        help_text=_("Brussels time."),
        error_messages={"invalid": _("Choose a day and an hour, or send it now.")},
    )

    def clean(self):
        data = super().clean()
        if data.get("when") == "now":
            data["send_at"] = None
        elif "send_at" not in self.errors:
            if not data.get("send_at"):
                self.add_error("send_at", gettext("Choose a day and an hour, or send it now."))
            elif data["send_at"] <= timezone.now():
                self.add_error("send_at", gettext("Choose a time after now, or send it now."))
        return data


class CountForm(forms.Form):
    """The number of recipients, typed by who lets the mailing go."""

    count = forms.IntegerField(
        label=_("Number of recipients"),
        min_value=0,
        max_value=10_000_000,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={
            "required": _("Type the number of recipients to confirm."),
            "invalid": _("Type the number in figures."),
        },
    )

    def __init__(self, *args, total, **kwargs):
        super().__init__(*args, **kwargs)
        self.total = total
        self.fields["count"].help_text = gettext("Type %(n)s to confirm.") % {"n": total}

    def clean_count(self):
        count = self.cleaned_data["count"]
        if count != self.total:
            raise forms.ValidationError(
                gettext("It goes to %(total)s people now, and you typed %(count)s. Look at the number, then type it.")
                % {"total": self.total, "count": count}
            )
        return count


class SuppressionForm(forms.ModelForm):
    class Meta:
        model = Suppression
        fields = ["address", "reason", "note"]

    def clean_address(self):
        return self.cleaned_data["address"].lower()
