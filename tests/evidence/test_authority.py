"""The one function that uses the network, against a server that speaks the protocol, and faults."""

from __future__ import annotations

import subprocess
import sys

import pytest

from habeas.errors import InputError
from habeas.evidence.authority import AuthorityError, ask_authority
from habeas.evidence.timestamp import accept, make_request, verify_token

DATA = b"a checkpoint"


def test_ask_accept_verify(timestamp_authority) -> None:
    request = make_request(DATA)
    response = ask_authority(timestamp_authority.url, request.der)
    token = accept(request, response)
    assert verify_token(response, DATA, roots=timestamp_authority.roots).token == token
    assert timestamp_authority.requests[-1] == request.der


@pytest.mark.parametrize(
    ("fault", "says"),
    [
        ("redirect", "302"),
        ("error", "503"),
        ("html", "text/html"),
        ("huge", "larger than"),
        ("cut", "cut short"),
        ("slow", "stays pending"),
    ],
)
def test_an_authority_that_fails(timestamp_authority, fault: str, says: str) -> None:
    before = len(timestamp_authority.requests)
    with pytest.raises(AuthorityError, match=says):
        ask_authority(timestamp_authority.url + fault, make_request(DATA).der, timeout=0.5)
    assert len(timestamp_authority.requests) == before + 1, "no second request anywhere"


def test_nobody_listens() -> None:
    with pytest.raises(AuthorityError, match="no connection"):
        ask_authority("http://127.0.0.1:9/", b"x", timeout=2)


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "ftp://x/", "", "http://", "//x", "http://["]
)
def test_only_http(url: str) -> None:
    with pytest.raises(InputError, match="http"):
        ask_authority(url, b"x")


def test_importing_opens_no_connection_and_stays_light() -> None:
    code = (
        "import socket, sys\n"
        "def refuse(*a, **k): raise SystemExit('a socket was opened')\n"
        "socket.socket = refuse\n"
        "import habeas.evidence.item, habeas.evidence.timestamp, habeas.evidence.pending\n"
        "import habeas.evidence.custody_chain, habeas.evidence.authority\n"
        "heavy = {'PIL', 'pikepdf', 'cryptography', 'rfc3161_client', 'puremagic', 'ssl'}\n"
        "print(sorted(heavy & sys.modules.keys()))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.stdout.strip() == "[]", done
