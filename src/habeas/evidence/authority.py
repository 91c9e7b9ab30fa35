"""Asking a timestamp authority over HTTP: RFC 3161, 3.4. The only place here that uses the network.

Called only when a user asked for it, with an address that the user gave. What leaves the machine is
a hash and a random number; the authority, and whoever watches the line, learns the address it came
from and the hour. Proxies of the environment (`http_proxy`, `https_proxy`) are honoured.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from habeas.errors import HabeasError, InputError

if TYPE_CHECKING:
    from urllib.request import OpenerDirector

_LIMIT = 256 * 1024
"""Largest response that is read, in bytes; tokens with their certificates have 3 to 10 kB."""


class AuthorityError(HabeasError):
    """A timestamp authority cannot be reached or did not answer as one; the stamp stays pending."""

    exit_code = 8


def ask_authority(url: str, request: bytes, *, timeout: float = 30.0) -> bytes:
    """Send a timestamp request and return the response as it came, unjudged.

    Args:
        url: the authority's address, `http` or `https`.
        request: the DER bytes of the request.
        timeout: seconds to wait for each step.

    Raises:
        InputError: the address is not an http(s) one.
        AuthorityError: no connection, no answer in time, or not a timestamp response.
    """
    # Imported here: they bring in TLS, which nothing else at start-up needs.
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError
    from urllib.request import Request

    _require_http(url)
    headers = {
        "Content-Type": "application/timestamp-query",
        "Accept": "application/timestamp-reply",
        "User-Agent": "timestamp-query",
    }
    query = Request(url, data=request, headers=headers, method="POST")  # noqa: S310  checked above
    try:
        with _opener().open(query, timeout=timeout) as answer:
            kind = answer.headers.get_content_type()
            promised = answer.headers.get("Content-Length", "")
            body = bytes(answer.read(_LIMIT + 1))
    except HTTPError as error:
        with error:
            raise _failed(url, f"it answered {error.code} {error.reason}") from error
    except URLError as error:
        raise _failed(url, f"no connection ({error.reason})") from error
    except TimeoutError as error:
        raise _failed(url, f"no answer within {timeout:g} s") from error
    except (OSError, HTTPException) as error:
        raise _failed(url, f"the connection broke ({error})") from error
    if kind != "application/timestamp-reply":
        raise _failed(url, f"it answered with {kind}, not with a timestamp")
    if len(body) > _LIMIT:
        raise _failed(url, f"its answer is larger than {_LIMIT} bytes")
    if promised.isdecimal() and int(promised) != len(body):
        raise _failed(url, "its answer was cut short")
    return body


def _opener() -> OpenerDirector:
    """HTTP and proxies only: no files, and no redirect to an address that nobody chose."""
    from urllib import request

    opener = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPErrorProcessor(),
        request.HTTPDefaultErrorHandler(),
    ):
        opener.add_handler(handler)
    return opener


def _require_http(url: str) -> None:
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname)
    except ValueError:
        usable = False
    if not usable:
        raise InputError(
            f"{url[:200]!r} is not the address of an authority",
            mend="Give an http:// or https:// address",
        )


def _failed(url: str, reason: str) -> AuthorityError:
    return AuthorityError(
        reason,
        place=url,
        mend="Nothing is lost: the timestamp stays pending; try later or another authority",
    )
