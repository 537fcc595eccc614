"""Valid inputs made strange: JSON lines, zips and YAML keep most of their shape, so that the strangeness gets deep inside.

Every choice is drawn from the `random.Random` given, so that hypothesis can shrink it and a seed can repeat it.
"""

from __future__ import annotations

import json
import re
import stat
import struct
import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO
from random import Random
from typing import TypeVar

T = TypeVar("T")
MOST = 60_000  # bytes of a mutated input
TEXTS = [
    "", " ", "\n", "a\nb", "\x00", "\x1b[31m", "\u2028", "\u202e", "\ud83d", "é", "e\u0301", "𝐀" * 80, "x" * 300, "../../x", "/etc/passwd",
    "C:\\x", "con", "2026-02-30", "2026-06-01", "20260601", "2026-W22-1", "0001-01-01", "9999-12-31", "0000-00-00", "٢٠٢٦-٠١-٠١",
    "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "1960-01-01T00:00:00", "0999-01-01T00:00:00Z", "2026-11-24T10:15:30.123Z",
    "$1,050.50", "1050.5000", "-0", "1e3", "NaN", "sNaN", "Infinity", "١٠٠٠", "9" * 40, "1." + "0" * 37 + "1", "low", "high", "right", "blank",
]  # fmt: skip
NUMBERS = [
    0,
    1,
    -1,
    2,
    5,
    10**9,
    10**400,
    -(10**30),
    0.5,
    1e308,
    1e-320,
    -0.0,
    float("nan"),
    float("inf"),
    float("-inf"),
]


def junk(rng: Random, most: int = 40) -> bytes:
    """Some bytes."""
    return bytes(rng.randrange(256) for _ in range(rng.randrange(most)))


def spoilt(rng: Random, data: bytes) -> bytes:
    """The bytes with one thing done to them that knows nothing of their shape."""
    if not data:
        return junk(rng)
    at, to = sorted((rng.randrange(len(data) + 1), rng.randrange(len(data) + 1)))
    to = min(to, at + 200)
    match rng.randrange(7):
        case 0:
            return data[:at]
        case 1:
            return data[:at] + junk(rng) + data[at:]
        case 2:
            return data[:at] + data[to:]
        case 3:
            return data[:to] + data[at:to] * rng.choice([1, 2, 30]) + data[to:]
        case 4:
            return data[:at] + bytes([rng.choice([0, 10, 13, 34, 92, 0x80, 0xC3, 0xED, 0xFF])]) + data[at + 1 :]
        case 5 if at < len(data):
            return data[:at] + bytes([data[at] ^ (1 << rng.randrange(8))]) + data[at + 1 :]
        case _:
            return data[:at] + junk(rng, 8) + data[to:]


def strange(rng: Random, known: Sequence[object], deep: int = 2) -> object:
    """A JSON value; one that means something (of `known`) about every third time."""
    kind = rng.randrange(12 if deep else 8)
    if kind < 3 and known:
        return rng.choice(known)
    if kind < 5:
        return rng.choice(TEXTS)
    if kind < 7:
        return rng.choice(NUMBERS)
    if kind == 7:
        return rng.choice([None, True, False])
    if kind < 10:
        return [strange(rng, known, deep - 1) for _ in range(rng.randrange(4))]
    return {str(rng.choice([*known, *TEXTS])): strange(rng, known, deep - 1) for _ in range(rng.randrange(4))}


def mutated_lines(rng: Random, data: bytes, known: Sequence[object]) -> bytes:
    """JSON lines with one thing changed: a value, a key, a line or some bytes."""
    lines = data.split(b"\n")
    at = rng.randrange(len(lines))
    match rng.randrange(10):
        case 0 | 1 | 2 | 3 | 4:
            lines[at] = _changed_entry(rng, lines[at], known)
        case 5:
            lines.insert(
                at,
                rng.choice(
                    [
                        b"",
                        b"[]",
                        b"{}",
                        b"null",
                        b"[" * 3000,
                        b'{"a":' * 3000,
                        b'"',
                        b"\xff\xfe",
                        b"\xef\xbb\xbf{}",
                        b"1" * 5000,
                    ]
                ),
            )
        case 6:
            lines[at] = lines[at] + lines[rng.randrange(len(lines))]
        case 7:
            lines += [rng.choice(lines)] * rng.choice([1, 1, 3, 50])
        case 8:
            del lines[at]
        case _:
            return spoilt(rng, data)[:MOST]
    return b"\n".join(lines)[:MOST]


def _changed_entry(rng: Random, line: bytes, known: Sequence[object]) -> bytes:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        entry = {"v": 1, "at": "2026-11-24T10:15:30.123Z"}
    if not isinstance(entry, dict):
        entry = {"v": entry}
    key = rng.choice(
        [*entry, rng.choice([word for word in known if isinstance(word, str)])] if known else [*entry, "x"]
    )
    match rng.randrange(6):
        case 0:
            entry.pop(key, None)
        case 1:
            entry[str(rng.choice([*known, *TEXTS]))] = entry.get(key)
        case 2 if isinstance(entry.get(key), list):
            held = entry[key]
            entry[key] = rng.choice([held + held, held[::-1], held[1:], [*held, strange(rng, known)], [held]])
        case 3:
            deep = rng.choice([5, 300, 900, 980, 985, 990, 995])
            return (
                json.dumps(entry).encode()[:-1]
                + f', "{key}": '.encode("utf-8", "replace")
                + b"[" * deep
                + b"]" * deep
                + b"}"
            )
        case _:
            entry[key] = strange(rng, known)
    return json.dumps(entry, ensure_ascii=rng.random() < 0.7).encode("utf-8", "surrogatepass")


NAMES = [
    "answers.jsonl", "manifest.json", "bridges/answers.jsonl", "bridges/first-crossing.ipynb", "a.ipynb", ".ipynb", "𝐀" * 80 + ".ipynb", "é" * 120 + ".ipynb",
    "Ana Núñez_9911_assignsubmission_file_answers.jsonl", "Bo L_12_assignsubmission_file/answers.jsonl", "Ana_1_assignsubmission_file_",
    "nunezana_LATE_1201_88001_answers.jsonl", "bo_1_2_x.ipynb", "bo_1_2_work.zip", "../answers.jsonl", "a/../../answers.jsonl", "/answers.jsonl", "//x/answers.jsonl",
    "C:\\answers.jsonl", "a\\answers.jsonl", "a//answers.jsonl", "./answers.jsonl", "", "/", ".", "..", "a/", "x\n/answers.jsonl", "\x1b[31m/answers.jsonl",
    "d/" * 300 + "answers.jsonl", "n" * 3000, "con/answers.jsonl", "timestamp.txt", "answers.jsonl.ipynb", "ANSWERS.JSONL", "__MACOSX/._answers.jsonl",
]  # fmt: skip
Members = list[tuple[str, bytes]]


def zipped(members: Members, kind: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A zip of these members; the same members make the same bytes."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, data in members:
            head = zipfile.ZipInfo(name[:65000], (2026, 11, 24, 10, 0, 0))
            head.compress_type = kind
            archive.writestr(head, data)
    return made.getvalue()


def unzipped(data: bytes) -> Members | None:
    """The members of a zip that can be read, or None when it cannot be opened."""
    try:
        with zipfile.ZipFile(BytesIO(data)) as archive:
            found = []
            for head in archive.infolist()[:40]:
                try:
                    with archive.open(head) as file:
                        found.append((head.filename, file.read(200_000)))
                except Exception:
                    continue
            return found
    except Exception:
        return None


def mutated_zip(rng: Random, data: bytes, inside: Callable[[Random, bytes], bytes]) -> bytes:
    """A zip with one thing changed: a member, its name, its wrapping, its headers or some bytes; `inside` changes a member."""
    members = unzipped(data)
    if not members:
        return rng.choice([inside, spoilt])(rng, data)[:MOST]
    at = rng.randrange(len(members))
    name, held = members[at]
    deflated = zipfile.ZIP_DEFLATED
    match rng.randrange(14):
        case 0 | 1:
            members[at] = (name, inside(rng, held))
        case 2:
            members[at] = (rng.choice(NAMES), held)
        case 3:
            members[at] = (_spoilt_name(rng, name), held)
        case 4:
            members.append(
                (
                    rng.choice([name, *NAMES]),
                    rng.choice([held, data, junk(rng), b"", b"\n" * 200_000, b"[]\n" * 20_000]),
                )
            )
        case 5:
            del members[at]
        case 6:
            members = [(rng.choice(NAMES), data), *rng.choice([[], members])]
        case 7:
            deflated = rng.choice([zipfile.ZIP_STORED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
        case 8 | 9 | 10:
            return _bent_header(rng, data)[:MOST]
        case 11:
            return _with_zip64(rng, data)[:MOST]
        case 12:
            return (junk(rng) + data if rng.random() < 0.5 else data + junk(rng))[:MOST]
        case _:
            return spoilt(rng, data)[:MOST]
    made = _zipped_quietly(members, deflated)
    return made if len(made) <= MOST else data


def _zipped_quietly(members: Members, kind: int) -> bytes:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # two members of one name
        return zipped(members, kind)


def _spoilt_name(rng: Random, name: str) -> str:
    raw = spoilt(rng, name.encode("utf-8", "replace"))
    return raw.decode("utf-8", "replace")[:2000]


# offsets and sizes in the central header, then those in the local one
CENTRAL = [
    (4, 2),
    (6, 2),
    (8, 2),
    (10, 2),
    (12, 4),
    (16, 4),
    (20, 4),
    (24, 4),
    (28, 2),
    (30, 2),
    (32, 2),
    (34, 2),
    (38, 4),
    (42, 4),
]
LOCAL = [(4, 2), (6, 2), (8, 2), (14, 4), (18, 4), (22, 4), (26, 2), (28, 2)]
END = [(4, 2), (6, 2), (8, 2), (10, 2), (12, 4), (16, 4), (20, 2)]
MODES = [stat.S_IFLNK | 0o777, stat.S_IFCHR | 0o666, stat.S_IFIFO, stat.S_IFDIR, stat.S_IFREG]


def _bent_header(rng: Random, data: bytes) -> bytes:
    sign, fields = rng.choice(
        [(b"PK\x01\x02", CENTRAL), (b"PK\x01\x02", CENTRAL), (b"PK\x03\x04", LOCAL), (b"PK\x05\x06", END)]
    )
    places = [found.start() for found in re.finditer(re.escape(sign), data)]
    if not places:
        return spoilt(rng, data)
    offset, size = rng.choice(fields)
    at = rng.choice(places) + offset
    if (sign, offset) == (b"PK\x01\x02", 38) and rng.random() < 0.5:
        value = rng.choice(MODES) << 16
    else:
        value = rng.choice(
            [
                0,
                1,
                8,
                9,
                12,
                14,
                0x20,
                0x40,
                0x800,
                0xFFFF,
                2**31,
                2**32 - 1,
                70,
                rng.randrange(2**16),
                rng.randrange(3000),
            ]
        )
    raw = struct.pack("<I", value & 0xFFFFFFFF)[:size]
    return data[:at] + raw + data[at + size :]


def _with_zip64(rng: Random, data: bytes) -> bytes:
    """The 64-bit end records, true or not, set before the end of the zip."""
    end = data.rfind(b"PK\x05\x06")
    if end < 0 or len(data) < end + 20:
        return spoilt(rng, data)
    count, _, size, offset = struct.unpack("<HHLL", data[end + 8 : end + 20])
    odd = rng.choice([0, 0, 1, 2**31, 2**63])
    record = struct.pack(
        "<4sQ2H2L4Q",
        b"PK\x06\x06",
        44,
        45,
        45,
        odd & 3,
        0,
        count,
        count + (odd & 1),
        size,
        offset + odd if odd < 2**40 else odd,
    )
    locator = struct.pack("<4sLQL", b"PK\x06\x07", rng.choice([0, 0, 1]), end, rng.choice([1, 1, 0, 2]))
    return data[:end] + rng.choice([record, b""]) + locator + data[end:]


SCALARS = [
    "", "~", "null", "yes", "true", "12", "-1", "1e999", ".inf", "-.inf", ".nan", "0x_", "0xFFFFFFFFFFFFFFFFFFFF", "0o9", "0b", "1:99", "1_000", "+", "-", "?", ":", "=", "<<",
    "2026-02-30", "2026-13-01", "0000-01-01", "9999-12-31", "2026-11-23T25:61:61Z", "2001-12-14t21:59:43.10-99:99", "2026-1-1", "2026-11-23 10:00:00 +5", "!!binary x",
    "!!binary =", "!!int x", "!!int ''", "!!float y", "!!timestamp z", "!!timestamp []", "!!bool x", "!!null x", "!!str {}", "!!set {a, b}", "!!set [a]", "!!omap [a: b]",
    "!!omap [a]", "!!omap {a: b}", "!!pairs [a: b]", "!!pairs x", "!!map x", "!!seq x", "!!merge x", "!!value x", "!!python/object:os.system x", "!local x", "!<x> y", "! x",
    "&a [*a]", "&a {b: *a}", "*a", "&a x", "{<<: *a}", "{<<: [1]}", "{<<: {a: b}, a: c}", "{? [a] : b}", "{[a]: b}", "{{a: b}: c}", "[a, b", "{a: b", "]", "}", "[[[]]]", "[" * 400 + "]" * 400,
    "[" * 4000, "{a: " * 300 + "}" * 300, '"\\ud83d"', '"\\x00"', '"\\x"', '"\\u12"', '"\\U00110000"', '"a', "'a", "'", '"', "\u2028", "\x85", "\ufeff", "\x07", "@a", "`a", "%a", "|", ">-", "|9", ">+1",
    "| # c", "# c", "x #c", "x # c", "a: b: c", "- a", "? a", "9" * 5000, "x" * 5000, "1050", '"1050"', '"NaN"', '"sNaN"', '"Infinity"', '"1e999999999"', '"²⁰²⁶"', '"0000"', '"2026"',
    "unknown", "{rule: bridge-fee}", "{rule: no-such}", "{rule: no-crossing-at-night}", "[a]", "{a: b}", "bridge-fee", "one", "many", "date", "match",
]  # fmt: skip
HEADS = [
    "%YAML 1.1\n---\n",
    "%YAML 1.2\n---\n",
    "%YAML 9.9\n---\n",
    "%TAG ! x\n---\n",
    "%X\n",
    "---\n",
    "--- x\n",
    "...\n",
    "\ufeff",
    "# c\n",
    "&a\n",
    "!!map\n",
    "!!omap\n",
    "[",
    "{",
]


def mutated_yaml(rng: Random, data: bytes) -> bytes:
    """YAML with one thing changed: a value, a key, a line's place or depth, a construct that content never uses, some bytes."""
    try:
        lines = data.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return spoilt(rng, data)[:MOST]
    at = rng.randrange(len(lines))
    line = lines[at]
    before, colon, value = line.partition(": ")
    odd = rng.choice(SCALARS)
    match rng.randrange(16):
        case 0 | 1 | 2 | 3:
            lines[at] = (
                f"{before}: {odd}" if colon else re.sub(r"(- ?)?\S.*$", lambda found: (found[1] or "") + odd, line)
            )
        case 4:
            lines[at] = re.sub(r"[\w-]+:", lambda _: f"{odd}:", line, count=1)
        case 5:
            del lines[at]
        case 6:
            lines.insert(at, lines[rng.randrange(len(lines))])
        case 7:
            lines[at] = rng.choice([" ", "  ", "\t", "- "]) + line if rng.random() < 0.6 else line[rng.randrange(4) :]
        case 8:
            other = rng.randrange(len(lines))
            lines[at], lines[other] = lines[other], line
        case 9:
            end = min(len(lines), at + rng.randrange(1, 30))
            lines[at:at] = lines[at:end] * rng.choice([1, 1, 20])
        case 10:
            lines[at] = f"{before}: &{rng.choice('ab')} {value}" if colon else f"{line} *{rng.choice('ab')}"
        case 11:
            lines.insert(0, rng.choice(HEADS).rstrip("\n"))
        case 12:
            lines.insert(at, " " * rng.randrange(8) + rng.choice(["# c", "#", "\t# c", "", "   ", "...", "---", odd]))
        case 13:
            lines[at] = (
                f"{before}: {rng.choice('|>')}{rng.choice(['', '-', '+', '2', '-9'])}\n{' ' * rng.randrange(9)}{value}"
            )
        case 14:
            lines[at] = f"{line} {rng.choice(['# c', '#c', '!!str', '&a', '*a', ': x', ', x', odd])}"
        case _:
            return spoilt(rng, data)[:MOST]
    return "\n".join(lines).encode("utf-8", "surrogatepass")[:MOST]
