"""The workspace: where a person’s main role leads, what waits for them in every room, and the links at the side."""

from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from efc import roles
from efc.generic import WorkspaceMixin
from efc.permissions import roles_of


def nav(user):
    """Return the side's links for a person, as [(heading, [(label, url, count)])]."""
    return [(_("Workspace"), [(_("Overview"), reverse("workspace"), None)])]


def home(request):
    """Greet each role with what it may do; the rooms fill this page as they open."""
    sentences = {
        roles.SECRETARIAT: _(
            "You keep the register, publish, answer messages and send the newsletter, all at the desk."
        ),
        roles.CHAIR: _("You chair the Steering Group. Decisions and meetings will appear here."),
        roles.STEERING_GROUP: _(
            "You decide on members and on the work. What waits for your decision will appear here."
        ),
        roles.ADVISORY_MEMBER: _("You advise the Steering Group and comment on its papers; you do not vote."),
        roles.REPRESENTATIVE: _("You represent your organisation and keep its profile."),
        roles.OBSERVER: _("You observe for the European Commission and read what the Steering Group shares with you."),
        roles.SAFEGUARDING: _("You may open messages that were sealed."),
    }
    held = sorted(roles_of(request.user) & sentences.keys())
    return render(
        request,
        "workspace/home.html",
        {
            "heading": _("Workspace"),
            "greeting": _("Welcome, %(name)s") % {"name": request.user.get_full_name()},
            "roles": [(_(name), sentences[name]) for name in held],
            "actions": [(_("Open the desk"), reverse("admin:index"))] if request.user.is_staff else [],
            "workspace_nav": [],
        },
    )


WorkspaceMixin.nav = staticmethod(nav)
