"""The doors of data collection: its rows of the tables, and its part of the world."""

from tests import factories
from tests.doors.answers import CANARY, READ_INSIDE, VERB
from workpackages.models import DataComment, DataReturn
from workpackages.services import collection

KEPT = (302, 404, 200), (302, 404, 422)  # for keepers; to others it is not there
ACT = (302, 405, 405), (302, None, 302)
READ_OWN = (401, None, 200), (401, 405, 405)
# Who follows the work reads rounds and templates, who was asked the own return: tests/workpackages/test_{filling,keeping,what}*.py.
DOORS = {
    **dict.fromkeys([f"workspace_data:{name}" for name in ("list", "template", "round", "figures")], READ_INSIDE),
    "workspace_data:download": ((302, 404, 200), (302, 405, 405)),
    "workspace_data:return": ((302, 404, 200), (302, 405, 405)),
    **dict.fromkeys(
        [
            f"workspace_data:{name}"
            for name in (
                "new_template", "edit_template", "new_question", "question", "new_round", "edit_round", "extend_round", "remind", "fill",
                "check",
            )
        ],
        KEPT,
    ),
    **dict.fromkeys([f"workspace_data:{name}" for name in ("remove_question", "move_template", "move_round")], ACT),
    "workspace_data:nothing": ((302, 404, 405), (302, 404, 302)),
    **dict.fromkeys([f"workspace_data:{name}" for name in ("comment", "reopen")], ((302, 405, 405), (302, 404, 422))),
    **{f"data-{name}-{act}": READ_OWN for name in ("template", "round", "return") for act in ("list", "detail")},
    "data-template-list": ((401, 200, 200), (401, 405, 405)),
    "data-round-list": ((401, 200, 200), (401, 405, 405)),
    "data-return-list": ((401, 200, 200), (401, 405, 405)),
    "data-round-consolidated": ((401, 404, 200), (401, 405, 405)),
    "data-return-values": ((401, 405, 405), (401, 405, 405)),
    **{f"data-return-{verb}": VERB for verb in ("submit", "nothing", "reopen", "comment")},
}  # fmt: skip
DESK_RIGHTS = {"workpackages_datatemplate": "acd", "workpackages_dataround": "", "workpackages_datareturn": ""}


def furnish(package, member):
    """Make a template in force and a draft, an open round that asks a member, and one that is prepared. Returns: as `work.furnish`."""
    template = factories.DataTemplateFactory(work_package=package, in_force=True)
    draft = factories.DataTemplateFactory(work_package=package, guidance=CANARY)
    asking = factories.DataRoundFactory(work_package=package, template=template)
    collection.open_round(asking, by=None)
    asked = DataReturn.objects.get(round=asking, organisation=member)
    DataReturn.objects.filter(pk=asked.pk).update(organisation_name=f"{CANARY} member")
    DataComment.objects.create(data_return=asked, text=CANARY)
    prepared = factories.DataRoundFactory(work_package=package, template=template, title=CANARY)
    records = {
        "workpackages_datatemplate": draft, "workpackages_dataround": asking, "workpackages_datareturn": asked,
    }  # fmt: skip
    of_draft, of_round = [draft.pk], [asking.pk]
    question = [draft.pk, draft.fields.get().pk]
    arguments = {
        "workspace_data:template": [template.pk],
        "workspace_data:edit_template": of_draft,
        "workspace_data:new_question": of_draft,
        "workspace_data:question": question,
        "workspace_data:remove_question": question,
        "workspace_data:move_template": [template.pk, "copy"],
        "workspace_data:edit_round": [prepared.pk],
        "workspace_data:move_round": [prepared.pk, "open"],
        **{f"workspace_data:{name}": of_round for name in ("round", "extend_round", "remind", "figures")},
        "workspace_data:download": [asking.pk, "csv"],
        **{
            f"workspace_data:{name}": [asking.pk, member.slug]
            for name in ("return", "fill", "check", "nothing", "reopen", "comment")
        },
        "data-template-detail": [template.pk],
        **{f"data-round-{name}": of_round for name in ("detail", "consolidated")},
        **{name: [asked.pk] for name in DOORS if name.startswith("data-return-") and name != "data-return-list"},
    }
    return records, arguments
