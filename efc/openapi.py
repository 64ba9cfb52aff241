"""What the schema of the API says beyond its serializers: who may ask, and every answer that can come."""

from drf_spectacular.authentication import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter

WRITES = ("POST", "PUT", "PATCH")
ANSWERS = {
    "304": "It is as you have it (If-None-Match).",
    "400": "Something sent cannot be read; the answer says what to write instead.",
    "401": "Sign in, or send a token that is still good.",
    "403": "You may not do this.",
    "404": "There is no such thing, or you may not see it.",
    "409": "Too late: the record has moved on. The answer says what it is now.",
    "412": "It has changed since you read it (If-Match).",
    "413": "More was sent than is taken.",
    "415": "Send JSON.",
    "429": "Too many acts in a minute. Wait as long as Retry-After says.",
}
PROBLEM = {
    "type": "object",
    "description": "What is wrong, in sentences: under “detail”, or under the name of the field they are about.",
    "additionalProperties": {},
}
SENTENCES = {
    "400": {"as_of": ["Write the day as year, month and day, for example 2015-03-17."]},
    "401": {"detail": "Authentication credentials were not provided."},
    "403": {"detail": "You may not do this."},
    "404": {"detail": "No Application matches the given query."},
    "409": {
        "detail": "“Example Bank” is now: Approved. Somebody may have been faster; look at it again before you go on."
    },
    "412": {"detail": "This has changed since you read it. Read it again, then send your change."},
    "415": {"detail": "Unsupported media type “text/plain” in request."},
    "429": {"detail": "Request was throttled. Expected available in 60 seconds."},
}
IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", OpenApiTypes.STR, OpenApiParameter.HEADER, description="The `ETag` of what you have."
)
IF_MATCH = OpenApiParameter(
    "If-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The `ETag` of what you read; 412 when it changed.",
)


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "efc.tokens.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema):
        return {
            "type": "apiKey", "in": "header", "name": "Authorization",
            "description": "`Authorization: Token …`, with a token of your own from *Workspace → Account*.",
        }  # fmt: skip


class Schema(AutoSchema):
    """Add the answers that the house gives everywhere, by who may ask and what is sent."""

    def get_summary(self):
        said = super().get_summary()
        if said is None and getattr(self.view, "action", "") == "retrieve":
            return "One of them by its key."
        return said

    def get_override_parameters(self):
        if self.method == "GET":
            return [IF_NONE_MATCH]
        return [IF_MATCH] if self.method == "PATCH" else []

    def _get_response_bodies(self, direction="response"):
        answers = super()._get_response_bodies(direction)
        for code in self.further_answers():
            answers.setdefault(code, problem(code))
        return dict(sorted(answers.items()))

    def further_answers(self):
        """Return the statuses that can come beside the one of success."""
        # Signs that cannot be read, a token that is no good, a session without its second factor: on public addresses too.
        codes = ["400", "401", "403"]
        if self.method == "GET":
            codes.append("304")
        if self.method in WRITES:
            codes += ["413", "415", "429"]
        if "{" in self.path or self._is_list_view():
            codes.append("404")
        if self.method in ("POST", "PUT"):
            codes.append("409")
        if self.method == "PATCH":
            codes.append("412")
        return codes


def problem(code):
    """Return how the schema describes an answer that is no success."""
    if code == "304":
        return {"description": ANSWERS[code]}
    content = {"schema": {"$ref": "#/components/schemas/Problem"}}
    if code in SENTENCES:
        content["example"] = SENTENCES[code]
    return {"description": ANSWERS[code], "content": {"application/json": content}}


def add_problem(result, generator, **kwargs):
    """Name the shape of refusals among the components. A hook of drf-spectacular."""
    result["components"]["schemas"]["Problem"] = PROBLEM
    return result


def example(value, name="Example", **kwargs):
    """Return an example for `extend_schema_serializer`."""
    return OpenApiExample(name, value=value, **kwargs)
