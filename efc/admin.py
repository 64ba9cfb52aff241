"""The desk's screens for the ground floor: inbox, outbox, hotlines, accounts, audit log."""

from allauth.account.models import EmailAddress
from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import Prefetch
from django.http import HttpResponseRedirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

import members.services.access
from efc import access, account_services, audit, emails, mail, permissions, roles, second_factor, services
from efc.acts import Act, ReadOnly
from efc.adminsite import MoveAdmin, VisibleAdmin
from efc.generic import error_text
from efc.models import AuditEntry, ContactMessage, Grant, Hotline, OutgoingMail, User
from efc.permissions import require
from efc.workflow import WrongStatus
from members.forms.desk import day


class ReadOnlyAdmin(ReadOnly, VisibleAdmin):
    """Rows that are read here and written by the portal only."""


class AnswerForm(forms.ModelForm):
    class Meta:
        model = ContactMessage
        fields = ["assigned_to", "answer"]
        widgets = {"answer": forms.Textarea(attrs={"rows": 10, "cols": 80})}


@admin.register(ContactMessage)
class ContactMessageAdmin(MoveAdmin):
    """The inbox: take a message, answer it by mail, close it, or seal it."""

    form = AnswerForm
    verbs = {
        "assign": services.assign_message,
        "answer": lambda message, by: services.answer_message(message, message.answer, by=by),
        "close": services.close_message,
        "reopen": services.reopen_message,
        "seal": services.seal_message,
        "unseal": services.unseal_message,
    }
    list_display = ["reference", "topic", "name", "organisation", "status", "assigned_to", "received_at"]
    list_filter = ["status", "topic", ("assigned_to", admin.RelatedOnlyFieldListFilter)]
    search_fields = ["reference", "name", "email", "organisation"]
    date_hierarchy = "received_at"
    list_select_related = ["assigned_to"]
    readonly_fields = [
        "reference",
        "topic",
        "name",
        "email",
        "organisation",
        "message_text",
        "language",
        "received_at",
        "answered_at",
        "answered_by",
    ]
    fieldsets = [
        (None, {"fields": ["reference", "status", "topic", "received_at", "name", "email", "organisation", "language", "message_text"]}),
        (_("Answer"), {"fields": ["assigned_to", "answer", "answered_at", "answered_by"],
                       "description": _("Write your text and press Answer: it goes to the sender by mail. The greeting and our address are added. "
                          "Seal takes a message out of sight of everybody but the safeguarding officers.")}),
    ]  # fmt: skip

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        fixed = super().get_readonly_fields(request, obj)
        open_ = obj is None or obj.status in (ContactMessage.Status.NEW, ContactMessage.Status.ASSIGNED)
        return fixed if open_ else [*fixed, "answer", "assigned_to"]

    def formfield_for_foreignkey(self, field, request, **kwargs):
        if field.name == "assigned_to":
            kwargs["queryset"] = User.objects.filter(
                is_active=True, pk__in=Grant.objects.holding().filter(role=roles.SECRETARIAT).values("user")
            )
        return super().formfield_for_foreignkey(field, request, **kwargs)

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        """Choose a colleague without the tools that change accounts."""
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "assigned_to":
            field.widget = field.widget.widget
        return field

    @admin.display(description=_("message"))
    def message_text(self, message):
        return format_html('<div class="message-text">{}</div>', message.body)


@admin.register(OutgoingMail)
class OutgoingMailAdmin(ReadOnlyAdmin):
    """The outbox: every letter of the portal and how far it got; one that failed can be sent again."""

    list_display = ["subject", "address", "state", "attempts", "queued_at", "sent_at"]
    list_filter = ["state", "template", "language"]
    search_fields = ["address", "subject"]
    date_hierarchy = "queued_at"
    change_form_template = "admin/outgoing_mail.html"
    fields = [
        "subject",
        "address",
        "state",
        "attempts",
        "last_code",
        "last_error",
        "queued_at",
        "sent_at",
        "template",
        "language",
        "letter_text",
    ]

    @admin.display(description=_("text"))
    def letter_text(self, letter):
        return format_html('<div class="message-text">{}</div>', letter.text)

    def get_urls(self):
        again = path("<int:pk>/again/", self.admin_site.admin_view(self.again), name="efc_outgoingmail_again")
        return [again, *super().get_urls()]

    def again(self, request, pk):
        letter = OutgoingMail.objects.filter(pk=pk).first()
        if request.method == "POST" and letter is not None:
            require(request.user, "efc.resend_outgoingmail", letter)
            try:
                mail.resend(letter, by=request.user)
            except (WrongStatus, ValidationError) as error:
                self.message_user(request, error_text(error), messages.WARNING)
            else:
                self.message_user(request, _("The letter waits in the outbox again."), messages.SUCCESS)
        return HttpResponseRedirect(reverse("admin:efc_outgoingmail_changelist"))


@admin.register(Hotline)
class HotlineAdmin(VisibleAdmin):
    list_display = ["country", "name", "url", "source", "as_of", "checked_on"]
    list_filter = ["checked_on", "anonymous"]
    search_fields = ["country", "name", "url"]
    ordering = ["country"]


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin):
    list_display = ["at", "who", "verb", "target_label", "target_type", "details"]
    list_filter = ["verb", "target_type"]
    search_fields = ["verb", "target_label", "target_id"]
    date_hierarchy = "at"
    list_per_page = 50
    fields = ["at", "who", "verb", "target_type", "target_id", "target_label", "data", "seal"]
    readonly_fields = ["who", "seal"]

    def get_queryset(self, request):
        self.names = None
        return super().get_queryset(request).exclude(target_type__in=audit.apart())

    @admin.display(description=_("who"))
    def who(self, entry):
        if not entry.actor:
            return _("the system")
        if getattr(self, "names", None) is None:
            self.names = {user.pseudonym: str(user) for user in User.objects.all()} | audit.OUTSIDERS
        return self.names.get(entry.actor, _("a person who was erased"))

    @admin.display(description=_("details"))
    def details(self, entry):
        return ", ".join(f"{key}: {value}" for key, value in entry.data.items())[:200]


class UserForm(forms.ModelForm):
    class Meta:
        model = User
        fields = ["email", "full_name", "language", "is_active"]

    def clean_email(self):
        return self.cleaned_data["email"].strip().lower()


class GiveRoleForm(forms.Form):
    """A role that no row gives, with its reason and its days."""

    role = forms.ChoiceField(
        label=_("Role"),
        choices=[("", "–"), *((role, _(role)) for role in roles.BY_HAND)],
        help_text=_(
            "Seats, representatives and leads give their roles by themselves. Give by hand what nothing else gives."
        ),
        error_messages={"required": _("Choose a role.")},
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=200,
        help_text=_("The decision or the fact that gives it. The person reads it."),
        error_messages={"required": _("Write the decision or the fact that gives the role.")},
    )
    starts_on = day(_("From"), required=False, help_text=_("Empty: from now on."))
    ends_on = day(_("To"), required=False, help_text=_("The last day. Empty: until further notice."))

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)


class GrantField(forms.ModelChoiceField):
    def label_from_instance(self, grant):
        return f"{access.name_in_words(grant)} ({access.source_in_words(grant)})"


class WithdrawRoleForm(forms.Form):
    """One of the roles that an account holds, and why it ends."""

    grant = GrantField(label=_("Role"), queryset=Grant.objects.none(), error_messages={"required": _("Choose a role.")})
    because = forms.CharField(
        label=_("Why it ends"), max_length=200, help_text=_("The person reads it."),
        error_messages={"required": _("Write why the role ends.")},
    )  # fmt: skip

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grant"].queryset = (
            held_or_coming(record).select_related("given_by").prefetch_related("source", "target")
        )


class RestoreRoleForm(forms.Form):
    """One of the roles that were withdrawn though their row still stands."""

    grant = GrantField(label=_("Role"), queryset=Grant.objects.none(), error_messages={"required": _("Choose a role.")})

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["grant"].queryset = withdrawn_by_people(record).prefetch_related("source", "target")


def held_or_coming(user):
    return Grant.objects.running().filter(user=user, withdrawn_at=None)


def withdrawn_by_people(user):
    return (
        Grant.objects.running()
        .filter(user=user)
        .exclude(withdrawn_at=None)
        .exclude(source_type=None)
        .exclude(withdrawn_because=permissions.ROW_GONE)
    )


class GrantInline(ReadOnly, admin.TabularInline):
    """What an account holds and held: since when, until when, what gives it."""

    model = Grant
    template = "admin/read_table.html"
    fk_name = "user"
    extra = 0
    verbose_name_plural = _("roles, and what gives them")
    fields = ["named", "source_named", "starts_on", "ends_on", "confirmed_at", "withdrawn_at", "withdrawn_because"]
    readonly_fields = fields
    ordering = ["-withdrawn_at", "role", "pk"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("given_by").prefetch_related("source", "target")

    @admin.display(description=_("role"))
    def named(self, grant):
        return access.name_in_words(grant)

    @admin.display(description=_("what gives it"))
    def source_named(self, grant):
        return access.source_in_words(grant)


class LostFactorForm(forms.Form):
    """Ask how the officer made sure that it is the person who asks."""

    because = forms.CharField(
        label=_("How did you make sure that it is this person?"),
        max_length=200,
        help_text=_("For example “Called back on the number in the register”. It is recorded."),
    )

    def __init__(self, *args, record, **kwargs):
        super().__init__(*args, **kwargs)


@admin.register(User)
class UserAdmin(VisibleAdmin):
    """Accounts. Nobody changes their own role or account here; a new account sets its password by a letter."""

    form = UserForm
    inlines = [GrantInline]
    acts = {
        "give_role": Act(
            _("Give a role"),
            GiveRoleForm,
            members.services.access.give_role,
            "efc.give_grant",
            lambda user: user.is_active,
            note=_("It holds at once, or from its first day. The person gets a letter."),
        ),
        "withdraw_role": Act(
            _("Withdraw a role"),
            WithdrawRoleForm,
            lambda user, *, grant, because, by: members.services.access.withdraw_role(grant, by=by, because=because),
            "efc.give_grant",
            lambda user: held_or_coming(user).exists(),
            note=_(
                "It ends with the person’s next click. What a row gave does not come back by itself. The person gets a letter."
            ),
        ),
        "restore_role": Act(
            _("Bring a role back"),
            RestoreRoleForm,
            lambda user, *, grant, by: members.services.access.restore_role(grant, by=by),
            "efc.give_grant",
            lambda user: withdrawn_by_people(user).exists(),
        ),
        "remove_factors": Act(
            _("Remove a lost second factor"),
            LostFactorForm,
            account_services.remove_factors,
            "efc.change_user",
            second_factor.has_factor,
            note=_(
                "App, keys and recovery codes are removed and the person is signed out everywhere. They get a letter."
            ),
        ),
    }
    list_display = ["full_name", "email", "role_names", "is_active", "last_login"]
    list_filter = ["is_active"]
    search_fields = ["full_name", "email"]

    def get_queryset(self, request):
        holding = Prefetch("grants", Grant.objects.holding().order_by("role"), to_attr="held")
        return super().get_queryset(request).prefetch_related(holding)

    @admin.display(description=_("roles"))
    def role_names(self, user):
        return ", ".join(sorted({str(_(grant.role)) for grant in user.held}))

    def acts_for(self, user, record):
        return super().acts_for(user, record) if self._may_touch(user, record) else []

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and (obj is None or self._may_touch(request.user, obj))

    def _may_touch(self, officer, account):
        """Say whether this officer may change this account: not one's own, and no superuser's."""
        return officer.pk != account.pk and (officer.is_superuser or not account.is_superuser)

    def get_inlines(self, request, obj):
        return self.inlines if obj else []

    def save_model(self, request, obj, form, change):
        """Write to who gets an account, and to the former address where it changes."""
        if not change:
            obj.set_unusable_password()
        super().save_model(request, obj, form, change)
        if not change:
            emails.account_opened(obj)
        elif "email" in form.changed_data:
            EmailAddress.objects.filter(user_id=obj.pk).delete()  # the library's copy of the former address
            emails.email_changed(obj, form.initial["email"])
