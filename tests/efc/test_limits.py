from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from efc import rates
from efc.models import RateLimit


def test_uses_beyond_the_limit_are_refused_and_not_counted(db):
    answers = [rates.allow("contact", "192.0.2.1", [(3, 600)]) for _use in range(5)]

    assert answers == [True, True, True, False, False]
    assert RateLimit.objects.count() == 3


def test_every_limit_counts(db):
    assert rates.allow("contact", "192.0.2.1", [(5, 600), (1, 86400)]) is True
    assert rates.allow("contact", "192.0.2.1", [(5, 600), (1, 86400)]) is False


def test_others_are_not_touched_and_addresses_are_not_kept_in_clear(db):
    rates.allow("contact", "192.0.2.1", [(1, 600)])

    assert rates.allow("contact", "192.0.2.2", [(1, 600)]) is True
    assert rates.allow("subscribe", "192.0.2.1", [(1, 600)]) is True
    assert not RateLimit.objects.filter(key__contains="192.0.2").exists()


@pytest.mark.django_db(transaction=True)
def test_the_limit_is_exact_when_many_come_at_once():
    def use(_number):
        try:
            return rates.allow("contact", "192.0.2.1", [(5, 600)])
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(use, range(24)))

    assert answers.count(True) == 5
    assert RateLimit.objects.count() == 5


def test_the_visitors_address_is_what_our_proxy_says(rf, settings):
    request = rf.get("/", HTTP_X_FORWARDED_FOR="203.0.113.9, 192.0.2.7", REMOTE_ADDR="10.0.0.1")

    assert rates.client_address(request) == "10.0.0.1"
    settings.PROXY_COUNT = 1
    assert rates.client_address(request) == "192.0.2.7"
