"""Ports of the loopback: a busy one is said in one sentence and the next one taken."""

import contextlib

import pytest

from efc.embedded import ports


@contextlib.contextmanager
def taking(wanted, hosts=tuple(ports.HOSTS)):
    """Take a port for a moment and return its number."""
    sockets = ports.take(wanted, "the portal", hosts)
    try:
        yield sockets[0].getsockname()[1]
    finally:
        for listener in sockets:
            listener.close()


@pytest.mark.parametrize("hosts", [("127.0.0.1",), ("127.0.0.1", "::1")])
def test_a_busy_port_is_said_and_the_next_one_taken(hosts, capsys):
    with taking(0, hosts) as busy, taking(busy) as taken:
        assert busy < taken < busy + 100
        assert capsys.readouterr().out == f"Port {busy} is busy, so the portal takes {taken}.\n"


def test_a_free_port_is_taken_without_a_word(capsys):
    with taking(0) as free:
        pass
    with taking(free) as taken:
        assert taken == free
    assert capsys.readouterr().out == ""
