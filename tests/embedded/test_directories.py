"""Private directories: made for one account, refused when somebody else could write there, short where sockets lie."""

from pathlib import Path

import pytest

from efc.embedded import directories


def test_a_private_directory_is_for_one_account_and_may_be_there_already(tmp_path):
    made = directories.private(tmp_path / "above" / "state")
    assert made.stat().st_mode & 0o777 == 0o700
    assert directories.private(made) == made


def test_a_directory_others_can_write_to_is_refused(tmp_path):
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o777)
    with pytest.raises(directories.UnsafeDirectory, match="must be a directory that belongs to user"):
        directories.private(shared)


def test_a_link_put_in_the_place_is_refused(tmp_path):
    (tmp_path / "elsewhere").mkdir(mode=0o700)
    (tmp_path / "state").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(directories.UnsafeDirectory):
        directories.private(tmp_path / "state")


@pytest.mark.parametrize(
    ("path", "stays"),
    [
        ("/home/portal/.run/postgres/socket", True),
        ("/home/" + 83 * "x", True),
        ("/home/" + 84 * "x", False),
        ("/home/a place, of our own/socket", False),
        ("/home/größe/socket", False),
    ],
)
def test_sockets_lie_in_a_short_plain_place(path, stays):
    place = directories.for_sockets(Path(path))
    assert (place == Path(path)) is stays
    assert len(f"{place}/.s.PGSQL.5432") <= 103
