"""What hostile clients send, in families: each is given a good request and yields what becomes of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import quote

FORM = "application/x-www-form-urlencoded"
JSON = "application/json"
BOUNDARY = "----boundary"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"
WITH_BODY = ("POST", "PUT", "PATCH")
DEEP = 100_000
MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Sent:
    """One request; ``is_refused`` says that no JSON endpoint may take it, whatever it reads."""

    method: str
    path: str
    fields: dict[str, Any]
    query: str = ""
    body: bytes = b""
    content_type: str = ""
    headers: dict[str, str] = field(default_factory=dict)
    extra: dict[str, str] = field(default_factory=dict)
    is_refused: bool = False

    def __str__(self) -> str:
        about = f"{self.query[:60]} {self.content_type[:40]} {self.body[:60]!r} {self.headers} {self.extra}"
        return f"{self.method} {self.path[:80]} {about}"

    def form(self, body: bytes | str, **changes: Any) -> Sent:
        return self.sending(body, FORM, **changes)

    def json(self, body: bytes | str, **changes: Any) -> Sent:
        return self.sending(body, JSON, **changes)

    def sending(self, body: bytes | str, content_type: str, **changes: Any) -> Sent:
        content = body.encode() if isinstance(body, str) else body
        return replace(self, body=content, content_type=content_type, **changes)


def _urlencoded(fields: dict[str, Any], hostile: str, value: str) -> str:
    pairs = {name: quote(str(good), safe="") for name, good in fields.items()} | {hostile: value}
    return "&".join(f"{name}={text}" for name, text in pairs.items())


BAD_TEXTS = ["%00", "a%00b", "a%ff", "%c0%af", "%ed%a0%80"]
NUMBERS = ["1" * 5000, "-1", "1e400", "%EF%BC%91", "9" * 19]
MARKUP = quote("'\"><script>\r\nSet-Cookie: a=b")
MANY_FIELDS = "&".join(f"x{number}=1" for number in range(5000))
OF_THE_LIBRARY = ("limit", "cursor", "keyword", "set", "rating", "rendition")


def query_strings(good: Sent) -> Iterator[Sent]:
    of_the_library = good.path.startswith("/v1/")
    for name in OF_THE_LIBRARY if of_the_library else good.fields:
        for text in (*BAD_TEXTS, *(NUMBERS if of_the_library else NUMBERS[:1]), "", MARKUP, f"1&{name}=2"):
            yield replace(good, query=_urlencoded(good.fields, name, text))
    yield replace(good, query=MANY_FIELDS)
    for text in ("%00", "%ff=1", "&&&=&=&", "%", "%zz=%zz", "a[b][c]=1", "scope=" + "x" * 65536):
        yield replace(good, query=text)


def form_fields(good: Sent) -> Iterator[Sent]:
    for name in good.fields:
        for text in BAD_TEXTS:
            yield good.form(_urlencoded(good.fields, name, text), is_refused=True)
        if not isinstance(good.fields[name], list):
            yield good.form(_urlencoded(good.fields, name, f"1&{name}=2"), is_refused=True)
        if good.fields[name] != "any":
            yield good.form(_urlencoded(good.fields, name, "1" * 5000))
    yield good.form("%00=1", is_refused=True)
    yield good.form(b"\xff\xfe=1", is_refused=True)
    yield good.form(MANY_FIELDS, is_refused=True)


UNKNOWN_MEMBER = b'{"a": {"a": 1}}'
JSON_VALUES: list[bytes] = [
    rb'"\u0000"',
    rb'"a\u0000b"',
    rb'"\ud800"',
    rb'"\udfff\ud800"',
    b'"\xff"',
    b'"\xed\xa0\x80"',
    b'"a\x00b"',
    b"1" * 5000,
    b"1e400",
    b"NaN",
    b"-Infinity",
    UNKNOWN_MEMBER,
    b"[[[[1]]]]",
    b"[" * DEEP + b"]" * DEEP,
    b'{"a":' * DEEP + b"1" + b"}" * DEEP,
]


def json_fields(good: Sent) -> Iterator[Sent]:
    for name in good.fields:
        marked = json.dumps(good.fields | {name: "@@"}).encode()
        for value in JSON_VALUES:
            yield good.json(marked.replace(b'"@@"', value), is_refused=True)
        yield good.json(marked[:-1] + b', "' + name.encode() + b'": 1}', is_refused=True)
    yield good.json(b'{"\\u0000": 1}', is_refused=True)
    yield good.json(b'{"\\ud800": 1}', is_refused=True)


def whole_json(good: Sent) -> Iterator[Sent]:
    text = json.dumps(good.fields)
    for value in JSON_VALUES:
        # An object with a member that nobody knows is well-formed: who needs no member may take it.
        yield good.json(value, is_refused=value != UNKNOWN_MEMBER)
    for value in ("[]", "[1]", '"text"', "1", "true", "{", "}", "", " ", text + text, text[:-1], text + ","):
        is_document = value.strip() != ""
        yield good.json(value, is_refused=is_document)
    for encoding in ("utf-16", "utf-32", "utf-8-sig"):
        yield good.json(text.encode(encoding), is_refused=True)


def _part(name: bytes, content: bytes) -> bytes:
    disposition = b'Content-Disposition: form-data; name="' + name + b'"'
    return b"--" + BOUNDARY.encode() + b"\r\n" + disposition + b"\r\n\r\n" + content + b"\r\n"


END = b"--" + BOUNDARY.encode() + b"--\r\n"
MANY_PARTS = _part(b"x", b"1") * 2000 + END


def multipart(good: Sent) -> Iterator[Sent]:
    parts = {name.encode(): str(value).encode() for name, value in good.fields.items()}
    for name in parts:
        for value in (b"\x00", b"a\x00b", b"\xff", b"\xed\xa0\x80"):
            body = b"".join(_part(one, text) for one, text in (parts | {name: value}).items())
            yield good.sending(body + END, MULTIPART, is_refused=True)
        if not isinstance(good.fields[name.decode()], list):
            yield good.sending(_part(name, b"1") * 2 + END, MULTIPART, is_refused=True)
    for body in (b"", END, b"--" + BOUNDARY.encode(), b"x" * 1000, _part(b"\xff\x00", b"1") + END):
        yield good.sending(body, MULTIPART)
    for name in (b'file"; filename="\x00.jpg', b'file"; filename="' + b"x" * 5000, b"file"):
        yield good.sending(_part(name, b"\xff\xd8 no picture") + END, MULTIPART)
    yield good.sending(MANY_PARTS, MULTIPART, is_refused=True)
    for boundary in ("", "; boundary=", "; boundary=é"):
        yield good.sending(_part(b"x", b"1") + END, f"multipart/form-data{boundary}", is_refused=True)


def content_types(good: Sent) -> Iterator[Sent]:
    text = json.dumps(good.fields)
    for content_type in (
        *("text/plain", "text/json", "application/xml", "application/cbor"),
        "/",
        "é",
        "x" * 5000,
    ):
        yield good.sending(text, content_type, is_refused=True)
    for content_type in (f"{JSON}; charset=utf-16", f"{JSON}; charset=nonsense", f"{FORM}; charset=utf-7"):
        yield good.sending(b"\xff\xfe{\x00}\x00", content_type, is_refused=True)
    yield good.sending("x", "", is_refused=True)


SCOPE = b"scope=" + b"read+" * (MEGABYTE // 5)
TOO_LARGE = (
    (SCOPE * 2, FORM),
    (b'{"scope": "' + b"x" * 2 * MEGABYTE + b'"}', JSON),
    (b"x" * 2 * MEGABYTE, "text/plain"),
    (_part(b"scope", b"x" * 2 * MEGABYTE) + END, MULTIPART),
)


def sizes(good: Sent) -> Iterator[Sent]:
    yield good.form(SCOPE[:-6])
    for body, content_type in TOO_LARGE:
        yield good.sending(body, content_type, is_refused=True)
    for length in ("-1", "+4", "abc", "1" * 5000, "0x10", "3, 3", "\uff13"):
        yield good.form("a=b", extra={"CONTENT_LENGTH": length}, is_refused=True)
    yield good.form("", extra={"CONTENT_LENGTH": "", "HTTP_TRANSFER_ENCODING": "chunked"})


NONSENSE = ["\x00", "é", "x" * 65536, ",,,", '"', "Bearer", "Basic =", "Basic " + "A" * 9999]


def headers(good: Sent) -> Iterator[Sent]:
    for name in ("authorization", "accept", "accept-language", "cookie", "range", "if-none-match", "origin"):
        for value in NONSENSE[: None if name == "authorization" else 4]:
            yield replace(good, headers={name: value})
    for value in NONSENSE[:5]:
        yield replace(good, headers={"x-forwarded-for": value, "request-id": value, "forwarded": value})
        yield replace(good, headers={"cookie": f"sessionid={value}; csrftoken={value}"})
    for value in ("text/html", "text/html;q=1, */*;q=0", "application/xml", "image/png", "a/b;c*=none''x"):
        yield replace(good, headers={"accept": value})
    for host in ("evil.example", "a b", "", "testserver:99999", "[::1", "\x00"):
        yield replace(good, headers={"host": host})


def overridden_methods(good: Sent) -> Iterator[Sent]:
    if good.method in ("GET", "POST"):
        for method in ("DELETE", "PUT"):
            yield replace(good, headers={"x-http-method-override": method, "x-method-override": method})
            yield good.form(f"_method={method}", query=f"_method={method}")


def paths(good: Sent) -> Iterator[Sent]:
    tails = (
        "/",
        "//",
        "%00",
        "%0a",
        "%ff",
        "%ed%a0%80",
        "/%2e%2e/",
        "/..",
        ";x",
        ".json",
        "%20",
        "%c3%a9",
        "x" * 5000,
    )
    for tail in tails:
        yield replace(good, path=good.path + tail)
    for path in (f"/{good.path}", good.path.upper(), good.path.replace("/", "//"), good.path[:-1] + "%00"):
        yield replace(good, path=path)


def wrong_methods(good: Sent) -> Iterator[Sent]:
    if good.method == "GET":
        for method in ("TRACE", "CONNECT", "PROPFIND", "BREW", "get", "G\x00T", "x" * 5000):
            yield replace(good, method=method, is_refused=method != "get")


Family = Callable[[Sent], Iterator[Sent]]
Attacks = list[tuple[Family, tuple[str, ...]]]

# Text where an endpoint reads text, which it may look up or keep …
TEXTS: Attacks = [
    (query_strings, ("GET",)),
    (form_fields, WITH_BODY),
    (json_fields, WITH_BODY),
    (multipart, WITH_BODY),
    (headers, ("GET", "POST")),
    (paths, ("GET", "POST")),
]

# … and what is wrong with the request itself.
SHAPES: Attacks = [
    (whole_json, WITH_BODY),
    (content_types, WITH_BODY),
    (sizes, WITH_BODY),
    (overridden_methods, ("GET", "POST")),
    (wrong_methods, ("GET",)),
]
