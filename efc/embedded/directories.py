"""Places on disk that only one account may use."""

import hashlib
import os
import pwd
import re
import stat
from pathlib import Path

SOCKET_PATH_MOST = 103  # bytes; Linux allows four more
LONGEST_SOCKET_NAME = "/.s.PGSQL.5432"
PLAIN = re.compile(r"[A-Za-z0-9._/-]+")  # means the same in settings, addresses and lists of directories


class UnsafeDirectory(Exception):
    """Somebody else owns, or could write to, a directory that must be ours alone."""


def private(path: Path, account: pwd.struct_passwd | None = None) -> Path:
    """Make a directory that only one account may enter, or make sure that it is one."""
    owner = account.pw_uid if account else os.geteuid()
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        path.mkdir(mode=0o700)
    except FileExistsError:
        pass
    else:
        if account:
            os.chown(path, account.pw_uid, account.pw_gid)
    facts = path.lstat()
    if not stat.S_ISDIR(facts.st_mode) or facts.st_uid != owner or facts.st_mode & 0o022:
        raise UnsafeDirectory(f"{path} must be a directory that belongs to user {owner} alone.")
    return path


def for_sockets(path: Path) -> Path:
    """Return where sockets may lie: here, or in a short place when this path is too long or has odd characters."""
    whole = f"{path}{LONGEST_SOCKET_NAME}"
    if len(os.fsencode(whole)) <= SOCKET_PATH_MOST and PLAIN.fullmatch(whole):
        return path
    return Path("/tmp") / f"efc-{digest(path)}"


def reachable(path: Path, account: pwd.struct_passwd) -> bool:
    """Tell whether an account may come to a path, by the permissions of the directories above that exist."""
    return all(_enters(parent, account) for parent in path.resolve().parents if parent.exists())


def digest(path: Path) -> str:
    """Return a short name that stands for a long path."""
    return hashlib.sha256(os.fsencode(path.resolve())).hexdigest()[:12]


def _enters(directory: Path, account: pwd.struct_passwd) -> bool:
    facts = directory.stat()
    if facts.st_uid == account.pw_uid:
        return bool(facts.st_mode & stat.S_IXUSR)
    return bool(facts.st_mode & stat.S_IXOTH)
