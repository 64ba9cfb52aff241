"""A mail server that takes everything, quickly, and writes down what it took before it says so.

    python -m tests.bench.sink --mail-fd N --control-fd M [--record FILE] [--defer 0.01] [--refuse 0.002] [--seed 7]

A connection to the control socket is answered with one line of JSON; "R" sets the figures back to zero. `--record` appends a
line per message taken: time, recipient, Message-ID. Refused recipients (5xx) are refused each time, deferrals (4xx) are drawn anew.
"""

import argparse
import asyncio
import json
import os
import random
import resource
import socket
import time
import zlib

OK, GO = b"250 ok\r\n", b"354 go\r\n"


class Sink:
    """What all connections share."""

    def __init__(self, options):
        self.record = os.open(options.record, os.O_WRONLY | os.O_CREAT | os.O_APPEND) if options.record else None
        self.defer, self.refuse, self.seed = options.defer, options.refuse, options.seed
        self.chance = random.Random(options.seed)
        self.clear()

    def clear(self):
        self.messages = self.bytes = self.connections = self.deferred = self.refused = 0
        self.first = self.last = 0.0

    def verdict(self, recipient):
        if self.refuse and zlib.crc32(b"%d %b" % (self.seed, recipient)) < self.refuse * 2**32:
            self.refused += 1
            return b"550 no such mailbox\r\n"
        if self.defer and self.chance.random() < self.defer:
            self.deferred += 1
            return b"451 not now\r\n"
        return OK

    def take(self, recipient, data):
        self.last = time.monotonic()
        self.first = self.first or self.last
        self.messages += 1
        self.bytes += len(data)
        if self.record is not None:
            start = data.find(b"Message-ID: <") + 13
            line = b"%.6f %b %b\n" % (time.time(), recipient, data[start : data.index(b">", start)])
            os.write(self.record, line)

    def figures(self):
        used = resource.getrusage(resource.RUSAGE_SELF)
        names = ("messages", "bytes", "connections", "deferred", "refused", "first", "last")
        return {name: getattr(self, name) for name in names} | {"cpu": used.ru_utime + used.ru_stime}


class Mail(asyncio.Protocol):
    def __init__(self, sink):
        self.sink, self.buffer, self.data, self.recipient = sink, bytearray(), False, None

    def connection_made(self, transport):
        self.transport = transport
        self.sink.connections += 1
        transport.write(b"220 sink\r\n")

    def data_received(self, chunk):
        self.buffer += chunk
        answers = []
        while (answer := self.next_answer()) is not None:
            answers.append(answer)
        if answers:
            self.transport.write(b"".join(answers))

    def next_answer(self):
        buffer = self.buffer
        if self.data:
            end = buffer.find(b"\r\n.\r\n")
            if end < 0:
                return None
            self.sink.take(self.recipient, bytes(buffer[:end]))
            del buffer[: end + 5]
            self.data, self.recipient = False, None
            return OK
        end = buffer.find(b"\r\n")
        if end < 0:
            return None
        line = bytes(buffer[:end])
        del buffer[: end + 2]
        verb = line[:4].upper()
        if verb == b"RCPT":
            recipient = line[line.index(b"<") + 1 : line.index(b">")]
            verdict = self.sink.verdict(recipient)
            if verdict is OK:
                self.recipient = recipient
            return verdict
        if verb == b"DATA":
            self.data = self.recipient is not None
            return GO if self.data else b"554 no recipient\r\n"
        if verb == b"EHLO":
            return b"250-sink\r\n250-PIPELINING\r\n250 8BITMIME\r\n"
        if verb in (b"MAIL", b"RSET"):
            self.recipient = None
        elif verb == b"QUIT":
            self.transport.write(b"221 bye\r\n")
            self.transport.close()
            return None
        return OK


class Control(asyncio.Protocol):
    def __init__(self, sink):
        self.sink = sink

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        self.transport.write(json.dumps(self.sink.figures()).encode() + b"\n")
        if b"R" in data:
            self.sink.clear()
        self.transport.close()


async def serve(options):
    loop, sink = asyncio.get_running_loop(), Sink(options)
    await loop.create_server(lambda: Mail(sink), sock=socket.socket(fileno=options.mail_fd), backlog=512)
    await loop.create_server(lambda: Control(sink), sock=socket.socket(fileno=options.control_fd))
    await asyncio.Event().wait()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    for name in ("--mail-fd", "--control-fd", "--seed"):
        parser.add_argument(name, type=int, default=0)
    parser.add_argument("--record")
    for name in ("--defer", "--refuse"):
        parser.add_argument(name, type=float, default=0.0)
    asyncio.run(serve(parser.parse_args()))
