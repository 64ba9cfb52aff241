"""The one engine that moves rows of a ledger (`efc.models.LedgerRow`) out of the house: letters and mailings alike.

PostgreSQL is the queue and the record. A worker claims rows with a lease, commits `attempting` before a message leaves and
`sent` after the server took it; one commit closes the messages of the last round and opens those of the next. Whatever is
killed in between, a row whose message may have arrived is *in doubt* and never sent again by itself.

The promise: no message is lost unseen, and none goes twice unless an officer sends again what is in doubt. In doubt come, at
most, the messages of the open connections of a process that is killed (`connections` × `depth`), and the one whose connection
is lost after its text. SMTP allows no better: a server that took a message and could not say so cannot be asked.
"""

import logging
import os
import secrets
import socket
import time
from collections import deque
from types import SimpleNamespace

from django.db import DatabaseError, InterfaceError, OperationalError, connection, transaction

from efc import smtp

LADDER = (60, 300, 900, 3600)  # seconds to wait after the first, second, third and fourth "not now" of the server
CLAIM = 200  # rows taken at once
WAIT_SECONDS = 1.0  # for answers, before looking round
MEANWHILE_SECONDS = 2.0
DATABASE_PATIENCE = 600  # seconds a run goes on asking for a database that is away: it may know answers to write down

log = logging.getLogger(__name__)


class Book:
    """What the engine has to know of one kind of row. SQL conditions speak of the row as `entry`; `%%` stands for a percent sign."""

    model = None
    columns = ()  # beside id, address, message_id and attempts: what `compose` needs
    lease_seconds = 60
    scope = "TRUE"  # the rows of this book
    open = "TRUE"  # may rows leave at all just now?
    wanted = "TRUE"  # may this row leave? Asked again in the statement that commits `attempting`
    unwanted = ""  # what to write beside a row that was skipped because of it

    def compose(self, row):
        """Return the `efc.mime.Message` of a row. Raises: ValueError when it can never leave."""
        raise NotImplementedError

    def pace(self, count):
        """Return (how many of `count` may leave now, seconds to wait when none may)."""
        return count, 0

    def failed(self):
        """Look at the failures so far; called after a commit that wrote one down."""

    def trouble(self, why):
        """Note that the mail server is away, or with an empty string that it is back."""


@transaction.atomic(durable=True)
def reap(book):
    """Take back the rows of workers that are gone: what had not left waits again, what may have left is in doubt.

    Returns: (rows waiting again, rows in doubt).
    """
    table, found = _table(book), []
    for state, now, words in (
        ("claimed", "queued", ""),
        ("attempting", "in_doubt", "The worker ended while the message was being handed over."),
    ):
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} AS entry SET state = %s, last_error = %s, lease_until = NULL, answered_at = now()"  # noqa: S608
                f" WHERE {book.scope} AND state = %s AND lease_until < statement_timestamp()",
                [now, words, state],
            )
            found.append(cursor.rowcount)
    return tuple(found)


def run(book, *, connections, depth, seconds, meanwhile=None):
    """Send what is due in `book` until nothing is, or for `seconds`. Any number of workers may do so at once.

    Writes: each row's state, in transactions of its own. Returns: how many messages the server took.
    Raises: RuntimeError inside an outer transaction, which would undo what the mail server cannot.
    At risk: `connections` × `depth` messages, when this process is killed.
    """
    return _Run(book, smtp.way_out(connections, depth), connections * depth, seconds, meanwhile).go()


def refuse_outer_transaction():
    """Raise RuntimeError unless what is committed here is committed for good."""
    if not connection.get_autocommit() and not connection.in_atomic_block:
        raise RuntimeError("The ledger commits row by row; switch autocommit on.")
    with transaction.atomic(durable=True):
        pass


def database_is_away(error):
    """Tell a database that cannot be reached, or went away, from a statement that is wrong."""
    # A connection cut in mid-statement comes as a plain DatabaseError.
    return isinstance(error, OperationalError | InterfaceError) or type(error) is DatabaseError


class _Run:
    def __init__(self, book, way, size, seconds, meanwhile):
        self.book, self.way, self.size, self.meanwhile = book, way, size, meanwhile
        self.me = f"{socket.gethostname()[:20]}-{os.getpid()}-{secrets.token_hex(4)}"
        self.until = time.monotonic() + seconds
        self.claimed = deque()  # rows that are ours and have not left
        self.open = {}  # rows on their way, by id
        self.answered = []  # (row, state, code, words, seconds to wait): known, not yet written down
        self.unsure = []  # rows whose opening may or may not have been committed; none of them left
        self.last_id = 0
        self.taken = 0
        self.begun = False
        self.let_go = False  # the book is closed just now: give back what is claimed
        self.look = False  # failures were written down: let the book look at them
        self.well = False  # the book knows that the mail server is there
        self.dry_until = 0.0
        self.renew_at = time.monotonic() + book.lease_seconds / 3
        self.meanwhile_at = time.monotonic() + MEANWHILE_SECONDS
        self.sql = _statements(book)

    def go(self):
        away_since = None
        try:
            while True:
                try:
                    if not self.step():
                        return self.taken
                    away_since = None
                except (DatabaseError, InterfaceError) as error:
                    if not database_is_away(error):
                        raise
                    away_since = away_since or time.monotonic()
                    self.wait_for_database(error, away_since)
        finally:
            self.way.close()

    def step(self):
        """Go one round. Returns: whether there is more to do."""
        self.catch_up()
        try:
            batch = self.next_batch()
        except smtp.Away as away:
            return self.give_up(str(away))
        if batch or self.answered:
            for row in self.commit(batch):
                self.open[row.id] = row
                self.way.put(row.id, row.message)
        self.renew()
        self.listen()
        if self.open or self.answered:
            return True
        if time.monotonic() >= self.until:
            self.release()
            return False
        return bool(self.claimed) or self.claim()

    def catch_up(self):
        """Do what a database that was away, or news of the last round, left to do; nothing is lost when it fails again."""
        if not self.begun:
            refuse_outer_transaction()
            reap(self.book)
            self.begun = True
        if self.unsure:
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                cursor.execute(self.sql.unopen, [[row.id for row in self.unsure], self.me])
            self.claimed.extendleft(reversed(self.unsure))
            self.unsure = []
        if self.let_go:
            self.release()
        if self.look:
            self.book.failed()
            self.look = False
        if self.taken and not self.well:
            self.book.trouble("")
            self.well = True

    def next_batch(self):
        """Return the rows to open in this round, composed; rows that can never leave are answered here."""
        now = time.monotonic()
        if now >= self.until or self.others_wait(now):
            return []
        if len(self.claimed) < self.size and now >= self.dry_until and not self.claim():
            self.dry_until = now + WAIT_SECONDS
        if not self.claimed:
            return []
        count, wait = self.book.pace(min(self.way.room(), len(self.claimed)))
        if not count and not self.open:
            time.sleep(min(wait, WAIT_SECONDS))
        batch = []
        for _each in range(count):
            row = self.claimed.popleft()
            try:
                row.message = row.message or self.book.compose(row)
                batch.append(row)
            except ValueError as error:  # a bad address or key, a header with a line break: this one fails alone
                self.answered.append((row, "failed", None, str(error), 0))
        return batch

    def others_wait(self, now):
        """Let `meanwhile` have its turn, between two rounds and with nothing of ours on its way."""
        if not self.meanwhile or now < self.meanwhile_at:
            return False
        if not self.open:
            self.meanwhile()
            self.meanwhile_at = time.monotonic() + MEANWHILE_SECONDS
        return bool(self.open)

    def commit(self, batch):
        """Write down what was answered and open `batch`, in one transaction. Returns: the rows that may leave now."""
        self.unsure += batch
        closing = self.answered
        ids = [row.id for row in batch]
        sql, values = self.sql.close, [*_columns(closing), self.me] if closing else []
        statement = (f"{sql};" if closing else "") + self.sql.open
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(statement, [*values, ids, self.book.lease_seconds, self.me])
            states = dict(cursor.fetchall())
        self.answered, self.unsure = [], []
        self.look = self.look or any(state in ("failed", "in_doubt") for _row, state, *_rest in closing)
        if len(states) < len(batch):  # paused, stopped, or the lease ran out
            self.claimed.extendleft(row for row in batch if row.id not in states)
            self.let_go = True
        return [row for row in batch if states.get(row.id) == "attempting"]

    def listen(self):
        """Turn the way out's answers into states."""
        for key, (verdict, code, words) in self.way.answers(WAIT_SECONDS):
            row = self.open.pop(key)
            row.attempts += 1
            if verdict == smtp.TAKEN:
                self.taken += 1
                self.answered.append((row, "sent", None, "", 0))
            elif verdict == smtp.UNSENT:
                row.attempts -= 1
                self.answered.append((row, "claimed", None, "", 0))
                self.claimed.appendleft(row)
            elif verdict == smtp.DOUBT:
                self.answered.append((row, "in_doubt", None, words, 0))
            elif code < 500 and row.attempts <= len(LADDER):
                self.answered.append((row, "retry", code, words, LADDER[row.attempts - 1]))
            else:
                self.answered.append((row, "failed", code, words, 0))

    def claim(self):
        """Take the next rows that are due, going round once. Returns: whether there were any."""
        for after in (self.last_id, 0) if self.last_id else (0,):
            with transaction.atomic(durable=True), connection.cursor() as cursor:
                cursor.execute(self.sql.claim, [after, CLAIM, self.me, self.book.lease_seconds])
                names = [column.name for column in cursor.description]
                rows = [SimpleNamespace(message=None, **dict(zip(names, row, strict=True))) for row in cursor]
            if rows:
                rows.sort(key=lambda row: row.id)
                self.claimed.extend(rows)
                self.last_id = rows[-1].id
                return True
        self.last_id = 0
        return False

    def renew(self):
        """Keep what is ours ours while it takes longer than a third of the lease."""
        if time.monotonic() < self.renew_at:
            return
        ids = [row.id for row in self.claimed] + list(self.open)
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(self.sql.renew, [self.book.lease_seconds, ids, self.me])
        self.renew_at = time.monotonic() + self.book.lease_seconds / 3

    def release(self):
        """Give back what is claimed and has not left."""
        with transaction.atomic(durable=True), connection.cursor() as cursor:
            cursor.execute(self.sql.release, [[row.id for row in self.claimed], self.me])
        self.claimed.clear()
        self.let_go = False

    def give_up(self, why):
        """Leave with the mail server away; the next ring tries again, with the rows waiting as before."""
        log.warning("The mail server is away: %s", why)
        self.listen()
        if self.answered:
            self.commit([])
        self.release()
        self.book.trouble(why)
        return False

    def wait_for_database(self, error, since):
        """Come back to a database that was away, knowing what was handed over and what was not."""
        if time.monotonic() - since > DATABASE_PATIENCE:
            raise error
        log.warning("The database is away: %s", str(error).strip().partition("\n")[0])
        connection.close()
        time.sleep(min(2, 0.1 + (time.monotonic() - since) / 4))


def _table(book):
    return connection.ops.quote_name(book.model._meta.db_table)


def _columns(closing):
    rows, states, codes, words, waits = zip(*closing, strict=True)
    return [row.id for row in rows], list(states), list(codes), [_plain(text) for text in words], list(waits)


def _plain(words):
    return "".join(sign if sign.isprintable() else " " for sign in words)[:300]


def _statements(book):
    """Return the engine's statements for one book."""
    table = _table(book)
    columns = ", ".join(f"entry.{name}" for name in ("id", "address", "message_id", "attempts", *book.columns))
    lease = "lease_until = statement_timestamp() + %s * interval '1 second'"
    return SimpleNamespace(
        claim=f"""
            WITH due AS (
                SELECT entry.id FROM {table} AS entry WHERE {book.scope} AND entry.id > %s AND entry.state IN ('queued', 'retry')
                    AND entry.not_before <= statement_timestamp() AND {book.open} ORDER BY entry.id LIMIT %s FOR UPDATE SKIP LOCKED
            )
            UPDATE {table} AS entry SET state = 'claimed', worker = %s, {lease} FROM due WHERE entry.id = due.id RETURNING {columns}""",  # noqa: S608
        open=f"""
            WITH look AS MATERIALIZED (
                SELECT entry.id, {book.wanted} AS wanted FROM {table} AS entry WHERE entry.id = ANY(%s) AND {book.open}
            )
            UPDATE {table} AS entry SET state = CASE WHEN wanted THEN 'attempting' ELSE 'skipped' END,
                last_error = CASE WHEN wanted THEN '' ELSE '{book.unwanted}' END, attempts = attempts + wanted::int, {lease}
            FROM look WHERE entry.id = look.id AND entry.worker = %s AND entry.state = 'claimed'
            RETURNING entry.id, entry.state""",  # noqa: S608
        close=f"""
            UPDATE {table} AS entry SET state = now.state, last_code = now.code, last_error = now.words,
                lease_until = CASE WHEN now.state = 'claimed' THEN entry.lease_until END, answered_at = statement_timestamp(),
                sent_at = CASE WHEN now.state = 'sent' THEN statement_timestamp() END,
                not_before = CASE WHEN now.state = 'retry' THEN statement_timestamp() + now.wait * interval '1 second'
                    ELSE entry.not_before END,
                attempts = greatest(entry.attempts - (now.state = 'claimed')::int, 0)
            FROM unnest(%s::bigint[], %s::text[], %s::int[], %s::text[], %s::float[]) AS now (id, state, code, words, wait)
            WHERE entry.id = now.id AND entry.worker = %s AND entry.state IN ('claimed', 'attempting', 'in_doubt')""",  # noqa: S608
        renew=f"""
            UPDATE {table} AS entry SET {lease} WHERE entry.id = ANY(%s) AND entry.worker = %s
                AND entry.state IN ('claimed', 'attempting')""",  # noqa: S608
        release=f"""
            UPDATE {table} AS entry SET state = 'queued', lease_until = NULL
            WHERE entry.id = ANY(%s) AND entry.worker = %s AND entry.state = 'claimed'""",  # noqa: S608
        unopen=f"""
            UPDATE {table} AS entry SET state = 'claimed', attempts = attempts - 1
            WHERE entry.id = ANY(%s) AND entry.worker = %s AND entry.state IN ('attempting', 'in_doubt')""",  # noqa: S608
    )  # fmt: skip
