"""The API for readers: one page of its operations, made from the schema, without a script."""

import json
from functools import lru_cache
from itertools import groupby

from django.conf import settings
from django.shortcuts import render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from drf_spectacular.generators import SchemaGenerator

from efc.cache import public_page

METHODS = ("get", "post", "patch", "put", "delete")
HEADERS = ("If-None-Match", "If-Match", "page", "page_size")  # told once for all operations


@public_page
def guide(request):
    """Show every operation: what it does, what it takes, what it answers."""
    groups, codes = contents(get_language())
    crumbs = [(_("For other programs"), None)]
    return render(
        request, "efc/api.html", {"groups": groups, "codes": codes, "crumbs": crumbs, "site": settings.SITE_URL}
    )


@lru_cache(maxsize=len(settings.LANGUAGES))
def contents(language):
    """Return ([(group, operations)], [(status, meaning)]) of the schema in a language; made once a process."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    found = [
        describe(schema, path, method, operation)
        for path, methods in schema["paths"].items()
        for method, operation in methods.items()
        if method in METHODS
    ]
    found.sort(key=lambda one: (one["group"], one["path"], METHODS.index(one["method"].lower())))
    codes = {code: text for one in found for code, text in one.pop("refusals")}
    return [(name, list(rows)) for name, rows in groupby(found, lambda one: one["group"])], sorted(codes.items())


def describe(schema, path, method, operation):
    """Return what the page says of one operation."""
    body = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
    success = {code: answer for code, answer in operation["responses"].items() if code.startswith("2")}
    content = next(iter(success.values()), {}).get("content", {}).get("application/json", {})
    return {
        "anchor": operation["operationId"],
        "group": operation["tags"][0],
        "method": method.upper(),
        "path": path,
        "summary": operation.get("summary") or operation.get("description", "").partition("\n")[0],
        "is_public": {} in operation.get("security", []),
        "parameters": [
            {"name": one["name"], "kind": kind(one["schema"]), "help": own_words(one)}
            for one in operation.get("parameters", [])
            if one["name"] not in HEADERS
        ],
        "fields": fields(schema, body.get("schema", {})),
        "example_body": example_of(body),
        "example": example_of(content),
        "codes": [code for code in operation["responses"] if not code.startswith("2")],
        "refusals": [
            (code, answer["description"]) for code, answer in operation["responses"].items() if not code.startswith("2")
        ],
    }


def kind(schema):
    """Return a word for what a parameter takes, or the values to choose from."""
    chosen = schema.get("items", schema)
    if "enum" in chosen:
        return ", ".join(str(value) for value in chosen["enum"] if value)
    return chosen.get("format") or chosen.get("type", "")


def own_words(part):
    """Return the help of a parameter or field, without the list of values that follows it."""
    return part.get("description", "").partition("* `")[0].strip()


def fields(schema, body):
    """Return [(name, kind, whether required, help)] of a body."""
    part = resolve(schema, body)
    required = part.get("required", [])
    return [
        (name, kind(resolve(schema, one)), name in required, own_words(one))
        for name, one in part.get("properties", {}).items()
    ]


def resolve(schema, part):
    """Return what a `$ref` points to, also the one inside an `allOf` or `oneOf`."""
    for name in ("allOf", "oneOf"):
        if name in part:
            part = part[name][0]
    return schema["components"]["schemas"][part["$ref"].rpartition("/")[2]] if "$ref" in part else part


def example_of(content):
    for one in content.get("examples", {}).values():
        return json.dumps(one["value"], indent=2, ensure_ascii=False)
    return ""
