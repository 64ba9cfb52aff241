"""The forms of an applicant: the address, the four steps, a paper, an answer."""

import re
from urllib.parse import urlsplit

from django import forms
from django.conf import settings
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from django_countries.fields import CountryField

from efc.fields import SingleLineField, plain_address, refuse_links
from efc.gate import GateMixin
from efc.links import has_link
from members.models import Application, MemorandumVersion, Organisation, Sector

CHOOSE = _("Choose one from the list.")
WEBSITE = _("Give the address of your own website, like https://www.example.org, or leave it empty.")


class StartForm(GateMixin, forms.Form):
    """One field: the address to which the link goes."""

    gate_scope = "members.apply"

    email = forms.EmailField(
        label=_("Your e-mail address"),
        max_length=254,
        help_text=_("Best an address of your organisation. We send the link to the form there."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
        error_messages={
            "required": _("Enter your e-mail address, like name@example.org."),
            "invalid": _("Enter an e-mail address, like name@example.org."),
        },
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.gate_limits = settings.APPLY_LIMITS

    def clean_email(self):
        return plain_address(self.cleaned_data["email"])


class StepForm(forms.ModelForm):
    """One step of the draft. `work_packages` are (code, name), from the roof; texts refuse links."""

    texts = ()

    def __init__(self, *args, work_packages=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.work_packages = list(work_packages)

    def clean(self):
        data = super().clean()
        for name in self.texts:
            if data.get(name) and has_link(data[name]):
                self.add_error(name, gettext("Leave out web addresses here; your website has its own field in step 1."))
        return data


class OrganisationStep(StepForm):
    texts = ("legal_form",)

    organisation_name = SingleLineField(
        label=_("Legal name"),
        max_length=150,
        help_text=_("As it stands in your statutes or in the public register."),
        error_messages={"required": _("Write the legal name of your organisation.")},
    )
    legal_form = SingleLineField(
        label=_("Legal form"),
        max_length=80,
        help_text=_("For example: public company, foundation, police service, EU agency."),
        error_messages={"required": _("Write the legal form, for example: foundation.")},
    )
    kind = forms.ChoiceField(
        label=_("Kind of organisation"),
        choices=[("", _("Choose")), *Organisation.Kind.choices],
        error_messages={"required": _("Choose the kind of your organisation."), "invalid_choice": CHOOSE},
    )
    sector = forms.ChoiceField(
        label=_("Sector"),
        choices=[("", _("Choose")), *Sector.choices],
        error_messages={"required": _("Choose your sector."), "invalid_choice": CHOOSE},
    )
    country = CountryField(blank=True, blank_label=_("None: an international body")).formfield(
        label=_("Country of the seat"), error_messages={"invalid_choice": CHOOSE}
    )
    website = SingleLineField(
        label=_("Website"),
        max_length=200,
        required=False,
        help_text=_("The only field for a web address. We show it as text."),
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "url"}),
    )

    class Meta:
        model = Application
        fields = ["organisation_name", "legal_form", "kind", "sector", "country", "website"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["organisation_name"].widget.attrs["autocomplete"] = "organization"

    def clean_website(self):
        return own_website(self.cleaned_data["website"])

    def clean(self):
        """Let the name hold the host of the organisation's own website, as some legal names do, and no other address."""
        data = super().clean()
        name = data.get("organisation_name", "")
        host = (urlsplit(data.get("website", "")).hostname or "").removeprefix("www.")
        rest = re.sub(re.escape(host), "", name, flags=re.IGNORECASE) if host else name
        if has_link(rest):
            self.add_error(
                "organisation_name",
                gettext("Write the name without a web address. If the name itself is one, give that website below."),
            )
        return data


def own_website(text):
    """Return a website as https or http with host and path. Refused are other schemes, bare numbers and hidden services."""
    if not text:
        return ""
    url = text if "://" in text else f"https://{text}"
    refused = forms.ValidationError(WEBSITE)
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").encode("idna").decode()
        port = parts.port
    except (ValueError, UnicodeError) as error:
        raise refused from error
    if parts.scheme not in ("http", "https") or port or parts.username is not None or not parts.netloc.isprintable():
        raise refused
    if not re.fullmatch(r"([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{2,59})", host):
        raise refused
    if host.endswith((".onion", ".i2p")) or re.search(r"[\s<>\"\\]", parts.path):
        raise refused
    return f"{parts.scheme}://{host}{parts.path.rstrip('/')}"


class ContactStep(StepForm):
    texts = ("contact_name", "contact_role")

    contact_name = SingleLineField(
        label=_("Your name"), max_length=150, widget=forms.TextInput(attrs={"autocomplete": "name"}),
        error_messages={"required": _("Write your name.")},
    )  # fmt: skip
    contact_role = SingleLineField(
        label=_("Your role in the organisation"), max_length=120,
        widget=forms.TextInput(attrs={"autocomplete": "organization-title"}),
        error_messages={"required": _("Write your role, for example: head of compliance.")},
    )  # fmt: skip
    contact_phone = SingleLineField(
        label=_("Telephone"), max_length=40, required=False, help_text=_("With the country, like +32 2 123 45 67."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )  # fmt: skip

    class Meta:
        model = Application
        fields = ["contact_name", "contact_role", "contact_phone"]

    def clean_contact_phone(self):
        phone = self.cleaned_data["contact_phone"]
        if phone and not re.fullmatch(r"[+(]?[\d() ./-]{5,39}", phone):
            raise forms.ValidationError(
                gettext("Write the number in figures, like +32 2 123 45 67, or leave it empty.")
            )
        return phone


class ContributionStep(StepForm):
    texts = ("contribution",)

    interests = forms.MultipleChoiceField(
        label=_("Where would you take part?"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": CHOOSE},
    )
    contribution = forms.CharField(
        label=_("What would you bring?"),
        max_length=1200,
        widget=forms.Textarea(attrs={"rows": 9}),
        help_text=_(
            "Knowledge, people, data, time: about 200 words, at most 1,200 characters. Please do not describe abuse material."
        ),
        error_messages={
            "required": _("Write what you would bring, in a few sentences."),
            "max_length": _("Shorten it to 1,200 characters; it has %(show_value)d."),
        },
    )

    class Meta:
        model = Application
        fields = ["interests", "contribution"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        names = dict(self.work_packages)
        kept = [code for code in self.instance.interests if code not in names]  # of a programme that has ended
        choices = [(code, f"{code} {name}") for code, name in self.work_packages] + [(code, code) for code in kept]
        self.fields["interests"].choices = choices
        if not choices:
            del self.fields["interests"]

    def clean(self):
        data = super().clean()
        data.setdefault("interests", [])
        return data


class DeclarationsStep(StepForm):
    """`shown` is the version of the memorandum on the page: what is accepted is what was read."""

    texts = ("conflicts",)

    shown = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    accepts_memorandum = forms.BooleanField(
        label=_("We accept the Memorandum of Understanding and will sign it when we are admitted"),
        error_messages={
            "required": _("Accept the memorandum, or write to the Secretariat if something in it stands in your way.")
        },
    )
    conflicts = forms.CharField(
        label=_("Conflicts of interest"),
        required=False,
        max_length=600,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_(
            "Whatever could put your organisation’s interest against the coalition’s. Empty means: none that we know of."
        ),
        error_messages={"max_length": _("Shorten it to 600 characters; it has %(show_value)d.")},
    )
    has_authority = forms.BooleanField(
        label=_("I may apply for this organisation"),
        error_messages={"required": _("Confirm that you may apply for this organisation, or ask a colleague who may.")},
    )
    accepts_privacy = forms.BooleanField(
        label=_("I have read how the coalition uses these data"),
        error_messages={"required": _("Read how we use these data, and confirm it.")},
    )

    class Meta:
        model = Application
        fields = ["accepts_memorandum", "conflicts", "has_authority", "accepts_privacy"]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.memorandum = MemorandumVersion.objects.current()
        current = self.initial["shown"] = str(self.memorandum.pk) if self.memorandum else ""
        if self.instance.accepts_memorandum and self.instance.memorandum != self.memorandum:
            self.initial["accepts_memorandum"] = False  # another version is in force since it was accepted
        if self.is_bound and self.data.get("shown", "") != current:
            self.data = self.data.copy()
            self.data["shown"] = current
            self.data.pop("accepts_memorandum", None)
            self.fields["accepts_memorandum"].error_messages["required"] = _(
                "A new version of the memorandum is in force since you opened this page. Read it and accept it again."
            )


STEP_FORMS = {
    "organisation": OrganisationStep,
    "contact": ContactStep,
    "contribution": ContributionStep,
    "declarations": DeclarationsStep,
}


class PaperForm(forms.Form):
    file = forms.FileField(
        label=_("Add a paper"),
        help_text=_("PDF, at most 20 MB: statutes, an annual report, a letter of intent."),
        widget=forms.FileInput(attrs={"accept": "application/pdf,.pdf"}),
        error_messages={
            "required": _("Choose a PDF."),
            "empty": _("This file is empty. Choose another one."),
            "invalid": _("Choose a PDF."),
            "missing": _("Choose a PDF."),
        },
    )


class AnswerForm(forms.Form):
    """The applicant's answer to one question."""

    answer = forms.CharField(
        label=_("Your answer"),
        max_length=3000,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={
            "required": _("Write an answer."),
            "max_length": _("Shorten it to 3,000 characters; it has %(show_value)d."),
        },
    )

    def clean_answer(self):
        return refuse_links(self.cleaned_data["answer"])
