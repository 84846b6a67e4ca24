"""Messages of every dialect as seeds for fuzz targets: of each row those that differ in more than their numbers, a bounded lot."""
import re

import rows
import traps

EACH = 16                       # files of a row at most
MOST = 4096                     # bytes of a file at most: the rest of a longer message teaches a fuzzer nothing
VALUE = re.compile(rb"[0-9a-fA-F]{6,}|[0-9]+|[A-Za-z0-9+/=]{24,}")


def shape(sender, data):
    """Equal for messages of one form. Binary messages have the form of their first bytes and their length."""
    return (sender, VALUE.sub(b"#", data)[:400]) if data[:1] in b"{[GPOH" else (sender, data[:6] if data[0] < 0x20 else b"", len(data))


def of_script(name, script):
    seen, out = set(), []
    for say in script:
        for data in [say.data] + ([say.clear] if say.clear is not None else []):
            data = data.rstrip(b"\n")
            if data and shape(say.sender, data) not in seen and len(out) < EACH:
                seen.add(shape(say.sender, data))
                out.append(("%s-%02d-%s" % (name, len(out) + 1, say.sender), data[:MOST]))
    return out


def all_seeds():
    """(file name, bytes) of each, in an order that is always the same."""
    out = []
    for name, row in rows.ROWS.items():
        for i, part in enumerate(row.parts()):
            out += of_script(name + ("-again" if i else ""), part[2].script)
    return out + [("quoted-%02d-c" % i, q.encode()) for i, q in enumerate(traps.QUOTED[:4], 1)]
