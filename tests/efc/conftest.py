import pytest
from django.core.cache import cache


@pytest.fixture(autouse=True)
def _no_attempts_counted_yet():
    """Begin each test with no sign-in counted from its address: the counts outlive a test."""
    cache.clear()
