"""System checks: what must be there for the portal to work, each with the line that mends it."""

from django.conf import settings
from django.core import checks
from django.core.checks import Error, Tags, register


@register(Tags.compatibility)
def pango_is_there(app_configs, **kwargs):
    from efc import pdf

    try:
        pdf._engine()
    except (ImportError, OSError):
        return [
            checks.Warning(
                "WeasyPrint cannot load Pango; PDF documents will not be made.",
                hint="apt-get install -y libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0",
                id="efc.W001",
            )
        ]
    return []


@register(Tags.security, deploy=True)
def demo_is_off(app_configs, **kwargs):
    if settings.DEMO:
        return [Error("EFC_DEMO is on. It shows demo sign-ins; switch it off in production.", id="efc.E001")]
    return []


@register(Tags.security, deploy=True)
def site_is_https(app_configs, **kwargs):
    if not settings.HTTPS:
        return [Error("SITE_URL does not begin with https://.", id="efc.E002")]
    return []


@register(Tags.security, deploy=True)
def audit_has_its_own_key(app_configs, **kwargs):
    if settings.AUDIT_KEY == settings.SECRET_KEY:
        return [Error("AUDIT_KEY is not set. Give it a key of its own that is never changed.", id="efc.E003")]
    return []


@register(Tags.security, deploy=True)
def second_factor_is_required(app_configs, **kwargs):
    if not settings.SECOND_FACTOR_REQUIRED:
        return [
            Error(
                "SECOND_FACTOR_REQUIRED is off, so that who decides or publishes signs in with a password alone.",
                hint="Remove SECOND_FACTOR_REQUIRED from the environment; only demonstrations and tests set it to false.",
                id="efc.E004",
            )
        ]
    return []
