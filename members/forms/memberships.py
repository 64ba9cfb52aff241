"""What an organisation's own people write: the profile, and who acts for it."""

import io

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _
from django.utils.translation import override

from efc import files, wording
from members.models import Organisation, Representative

LOGO_BOX = 640, 320  # pixels into which a logo is fitted
LONGEST_DESCRIPTION = 4000
TEXTS = [(f"contribution_{code}", f"description_{code}") for code, _name in settings.LANGUAGES]


class LogoForm(forms.ModelForm):
    """A new logo, or none."""

    new_logo = forms.FileField(
        label=_("Logo"), required=False, widget=forms.FileInput(attrs={"accept": ".png,.jpg,.jpeg"}),
        help_text=_("PNG or JPEG, best on a white or transparent ground. It is fitted into 640 × 320 pixels."),
    )  # fmt: skip
    remove_logo = forms.BooleanField(label=_("Show no logo"), required=False)

    class Meta:
        model = Organisation
        fields = []

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if not self.instance.logo:
            del self.fields["remove_logo"]

    def clean_new_logo(self):
        upload = self.cleaned_data["new_logo"]
        return fitted(upload) if upload else None


class DeskLogoForm(LogoForm):
    """The same at the desk, for an organisation whose people do not do it themselves."""

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, instance=record, **kwargs)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("new_logo") and not cleaned.get("remove_logo"):
            self.add_error("new_logo", _("Choose a picture first."))
        return cleaned


class ProfileForm(LogoForm):
    """The public profile: texts in each language of the site, website, logo. The register's own facts are the Secretariat's."""

    class Meta:
        model = Organisation
        fields = ["website", *(name for pair in TEXTS for name in pair)]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["website"] = forms.URLField(
            label=_("Website"), required=False, max_length=200, assume_scheme="https",
            error_messages={"invalid": _("Write the address of the website, like https://example.org.")},
        )  # fmt: skip
        for code, _name in settings.LANGUAGES:
            sentence, text = self.fields[f"contribution_{code}"], self.fields[f"description_{code}"]
            sentence.label, text.label = (
                _("What you bring to the coalition, in one sentence"),
                _("About the organisation"),
            )
            sentence.required = text.required = False
            sentence.widget = forms.Textarea(attrs={"rows": 2, "maxlength": 240, "lang": code})
            text.widget = forms.Textarea(attrs={"rows": 8, "maxlength": LONGEST_DESCRIPTION, "lang": code})
            text.help_text = _(
                "Up to 4,000 characters. Leave an empty line between paragraphs; **bold** and lists with - are shown."
            )
        self.fields["contribution_en"].required = True
        self.fields["contribution_en"].error_messages["required"] = _(
            "Write this sentence in English; it stands in every list."
        )

    def languages(self):
        """Return [(code, name, fields)] for the page, English first; the others fold while they are empty."""
        names = settings.LANGUAGE_NAMES
        return [
            (code, names[code], [self[f"contribution_{code}"], self[f"description_{code}"]])
            for code, _name in settings.LANGUAGES
        ]

    def clean_website(self):
        address = self.cleaned_data["website"]
        if address and not address.startswith(("https://", "http://")):
            raise ValidationError(_("Write the address of the website, like https://example.org."))
        return address

    def clean(self):
        cleaned = super().clean()
        for name in (name for pair in TEXTS for name in pair):
            text = cleaned.get(name) or ""
            if len(text) > LONGEST_DESCRIPTION:
                self.add_error(
                    name, _("The text has %(count)s characters. Shorten it to 4,000.") % {"count": len(text)}
                )
            for hit in wording.find(text):
                self.add_error(name, wording.sentence_about(hit))
        return cleaned

    def save(self):
        if self.cleaned_data.get("new_logo"):
            self.instance.logo = self.cleaned_data["new_logo"]
        elif self.cleaned_data.get("remove_logo"):
            self.instance.logo = ""
        written = [*self.Meta.fields, "contribution", "description", "logo"]
        with override("en"):  # the plain names of translated columns mean English
            self.instance.save(update_fields=written)  # an approval meanwhile stays
        return self.instance


def fitted(upload):
    """Return an uploaded logo as a PNG of our own drawing that fits into the box. Raises: ValidationError."""
    from PIL import Image

    media_type, checked = files.check_upload(upload)
    if not media_type.startswith("image/"):
        raise ValidationError(_("Choose a PNG or JPEG file."))
    with Image.open(checked) as picture:
        picture = picture.convert("RGBA")
        picture.thumbnail(LOGO_BOX)
        out = io.BytesIO()
        picture.save(out, "PNG")
    return ContentFile(out.getvalue(), name="logo.png")


class NewPersonForm(forms.Form):
    """A person to name for the organisation."""

    name = forms.CharField(
        label=_("Name or role"), max_length=150, error_messages={"required": _("Write the name or the role.")}
    )
    email = forms.EmailField(
        label=_("E-mail address"), max_length=254,
        help_text=_("The link that opens the account goes to this address and works once."),
        error_messages={
            "required": _("Enter an e-mail address, like name@example.org."),
            "invalid": _("Enter an e-mail address, like name@example.org."),
        },
    )  # fmt: skip
    function = forms.CharField(label=_("Function"), max_length=120, required=False)
    is_contact = forms.BooleanField(
        label=_("Contact person"), required=False,
        help_text=_("Other members see the name, the function and the address; letters to the organisation go there."),
    )  # fmt: skip


class PersonForm(forms.ModelForm):
    """What a person does for the organisation."""

    class Meta:
        model = Representative
        fields = ["function", "is_contact"]
