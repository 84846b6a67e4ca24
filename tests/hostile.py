#!/usr/bin/env python3
"""Findings whose every text is hostile are read back from every format, by parsers that share no code with the program.

usage: hostile.py [--bin PATH] [--strings N] [--seed N] [FORMAT...]     (HOSTILE_SMOKE: N where it is not said)

tests/hostile writes findings with N strings in each text of a finding (control bytes, broken UTF-8, pieces of JSON, CEF, LEEF,
HTML and CSV, ...). Here each record is taken apart: one finding is one record, no line has a control byte, and each text reads
back as what the rule of countermine-findings(5), Texts from the wire, makes of its bytes; the rule is written anew here. Which
key of a format has which text is learned from the first finding of each kind, whose texts are their names. So a format that is
added is checked without a word here. Prints TAP.
"""
import argparse
import codecs
import json
import os
import re
import socket
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
import flat_read                                         # noqa: E402

STRIDE = 7919                                            # as in hostile.c
PARTS = (1, 1, 16, 16, 16, 16, 16, 16)
NAME = re.compile(r"T[a-z_]+[0-9]+T")
CONTROL = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")       # tabs are looked for apart, as LEEF has some
TABLE_ROWS = 10000                                       # countermine(8)
# What a safe text never has: countermine-findings(5).
UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e0fff]")
# Texts that are cut before their bytes are written, and those that end at a NUL.
ROW_TEXTS = ("Tlist0T", "Tentry0T")
C_TEXTS = ("Tfile0T", "Tsensor0T")
FILLED = re.compile("T(logins|agents|parent)[0-9]+T|T(entry|pod|pod_container_id|eni|instance|task)0T")   # "x" instead of nothing
# Of ocsf: what stands behind the last slash of a path; a list of what there is, whose texts are elsewhere too.
NOT_COMPARED = [("evidences", 0, "process", "file", "name"), ("observables",)]
# What each format must have, of a mining connection.
OWNER = ("account region vpc eni instance cluster task task_definition container image image_digest namespace pod node process_name exe "
         "cmdline process_container as_org country city").split()
MUST = {
    "json": "login agent worker algorithm host coin pool_tag payout list entry tag_key tag_value subnet instance_type session "
            "cluster_arn group launch_type container_id pod_uid owner_kind owner_name service_account pod_container pod_image "
            "pod_image_digest pod_container_id parent candidate_kind candidate_id candidate_what logins agents file sensor".split() + OWNER,
    "cef": "login agent worker algorithm host coin pool_tag payout reason entry sensor".split() + OWNER,
}
MUST["leef"] = MUST["syslog-cef"] = MUST["cef"]
MUST["syslog"] = MUST["json"]
MUST_OTHER = ["login"]


def escape_bytes(error):
    return "".join("\\x%02x" % b for b in error.object[error.start:error.end]), error.end


codecs.register_error("escape_bytes", escape_bytes)


def escape_unsafe(match):
    code = ord(match.group())
    return "\\x%02x" % code if code < 0x20 or code == 0x7F else "\\u{%04x}" % code


def escape(raw):
    """What is written for bytes of the wire."""
    return UNSAFE.sub(escape_unsafe, raw.decode("utf-8", "escape_bytes"))


class Texts:
    """What each text of each finding reads as."""

    def __init__(self, program, n, seed):
        lines = subprocess.run([program, "strings", str(n), str(seed)], stdout=subprocess.PIPE, check=True).stdout.split(b"\n")[:-1]
        assert len(lines) == n
        self.raw = [bytes.fromhex(line.decode()) for line in lines]
        self.safe = [escape(b) for b in self.raw]
        fields = subprocess.run([program, "fields"], stdout=subprocess.PIPE, check=True).stdout.decode().split()
        self.number = {name: j for j, name in enumerate(fields)}
        assert len(self.number) == len(fields) > 50

    def of(self, name, i):
        at = (i + self.number[name] * STRIDE) % len(self.raw)
        if name in C_TEXTS:
            return escape(self.raw[at].split(b"\0")[0])
        if name in ROW_TEXTS and len(self.raw[at]) > 255:
            return escape(self.raw[at][:255])
        if not self.raw[at] and FILLED.fullmatch(name):
            return "x"
        return self.safe[at]


# ---------------------------------------------------------------- records

def no_constant(word):
    raise ValueError("%s is no JSON" % word)


def unique(pairs):
    result = dict(pairs)
    if len(result) != len(pairs):
        raise ValueError("a key comes twice: %s" % [key for key, _ in pairs])
    return result


def leaves(value, path=()):
    """(path, text) of each text in a JSON value."""
    if isinstance(value, str) and path[-2:] == ("additionalInfo", "value"):  # of guardduty: JSON in a string
        for key, text in read_json(value).items():
            yield path + key, text
    elif isinstance(value, str):
        yield path, value
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from leaves(item, path + (key,))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from leaves(item, path + (i,))


def read_json(text):
    value = json.loads(text, object_pairs_hook=unique, parse_constant=no_constant)
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return dict(leaves(value))


def read_cef(text):
    return flat_read.cef(text)[3]


def read_leef(text):
    return flat_read.leef(text)[1]


MESSAGE = re.compile(r"<[0-9]+>1 [0-9TZ:.-]+ host countermine - finding-closed - (.*)", re.DOTALL)


def read_message(reader):
    def read(text):
        m = MESSAGE.fullmatch(text)
        if not m:
            raise ValueError("not a message: %r" % text[:200])
        return reader(m.group(1))
    return read


READERS = {"cef": read_cef, "leef": read_leef, "syslog": read_message(read_json), "syslog-cef": read_message(read_cef)}


def lines_of(program, form, n, seed):
    """The records, as bytes."""
    command = [program, form, str(n), str(seed)]
    if not form.startswith("syslog"):
        p = subprocess.Popen(command, stdout=subprocess.PIPE)
        for line in p.stdout:
            if not line.endswith(b"\n"):
                raise ValueError("a line without end")
            yield line[:-1]
    else:
        with tempfile.TemporaryDirectory(prefix="hostile.", dir="/tmp") as where, socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as s:
            s.bind(where + "/sock")
            s.settimeout(0.1)
            p = subprocess.Popen(command + [where + "/sock"])
            while True:
                ended = p.poll() is not None
                try:
                    while True:
                        yield s.recv(70000)
                except socket.timeout:
                    pass
                if ended:
                    break
    if p.wait() != 0:
        raise ValueError("tests/hostile: exit status %d" % p.returncode)


# ---------------------------------------------------------------- checks

def learn(record):
    """{key: the literal pieces and names in turn} of the texts that are names, with no words around."""
    learned = {}
    for key, text in record.items():
        names, pieces = NAME.findall(text), NAME.split(text)
        if any(key[:len(k)] == k for k in NOT_COMPARED):
            continue
        if names and " " not in "".join(pieces) and not NAME.search(str(key)):
            learned[key] = (pieces, names)
    return learned


def is_expected(form, text, wanted):
    if text == wanted:
        return True
    # A format of a bounded length may cut, and says so.
    return form not in MUST and text.endswith("…") and len(text.encode()) > 60 and wanted.startswith(text[:-1])


def check_finding(form, record, learned, texts, i):
    n = 0
    for key, (pieces, names) in learned.items():
        parts = [texts.of(name, i) for name in names]
        if len(parts) == 1 and record.get(key) == pieces[0] + parts[0] + pieces[1] != "":
            n += 1
            continue
        if not all(parts):                               # what is empty is absent, or its neighbour
            continue
        wanted = pieces[0] + "".join(part + piece for part, piece in zip(parts, pieces[1:]))
        if key not in record:
            if form in ("syslog", "syslog-cef"):         # it may have found no room
                continue
            raise ValueError("finding %d: %s is missing, which is %r" % (i, key, wanted))
        if not is_expected(form, record[key], wanted):
            raise ValueError("finding %d: %s is %r instead of %r" % (i, key, record[key], wanted))
        n += 1
    return n


def check_records(program, form, texts, n, seed):
    """How many texts were compared."""
    read = READERS.get(form, read_json)
    places = [(phase, i) for phase, part in enumerate(PARTS) for i in range(-1, n // part)]
    compared, at, learned = 0, 0, {}
    for line in lines_of(program, form, n, seed):
        if at == len(places):
            raise ValueError("more records than findings")
        phase, i = places[at]
        at += 1
        if CONTROL.search(line) or (form != "leef" and b"\t" in line):
            raise ValueError("a control byte: %r" % line[:500])
        record = read(line.decode("utf-8", "strict"))
        if UNSAFE.search("".join(record.values())):
            raise ValueError("unsafe: %r" % line[:2000])
        if i < 0:
            learned = learn(record)
            found = {name for _, names in learned.values() for name in names}
            for name in MUST.get(form, MUST_OTHER) if phase == 0 else ():
                if "T%s0T" % name not in found:
                    raise ValueError("no key has the text %s" % name)
            if not learned:
                raise ValueError("no key of %s has a text" % record)
        else:
            compared += check_finding(form, record, learned, texts, i)
    if at != len(places):
        raise ValueError("%d records for %d findings" % (at, len(places)))
    return compared


def check_table(program, n, seed):
    """Rows begin at the margin, their summaries do not; there is a heading before them."""
    rows = 0
    findings = sum(n // part + 1 for part in PARTS)
    for line in lines_of(program, "table", n, seed):
        text = line.decode("utf-8", "strict")
        if UNSAFE.search(text):
            raise ValueError("unsafe: %r" % text[:500])
        rows += not text.startswith("    ") and not text.startswith("... and ")
    if rows != min(findings, TABLE_ROWS) + 1:
        raise ValueError("%d rows for %d findings" % (rows - 1, findings))
    return rows


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin")                         # run-py gives it; the program is not used
    parser.add_argument("--strings", type=int, default=int(os.environ.get("HOSTILE_SMOKE", "2000")))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("formats", nargs="*")
    args = parser.parse_args()
    program = os.path.join(os.environ.get("TOP_BUILDDIR", os.path.join(os.path.dirname(HERE), "build")), "tests", "hostile")
    formats = args.formats
    if not formats:
        formats = subprocess.run([program, "formats"], stdout=subprocess.PIPE, check=True).stdout.decode().split() + ["syslog-cef"]
    texts = Texts(program, args.strings, args.seed)
    failed = 0
    for number, form in enumerate(formats, 1):
        try:
            if form == "table":
                said = "%d rows" % check_table(program, args.strings, args.seed)
            else:
                said = "%d texts read back" % check_records(program, form, texts, args.strings, args.seed)
            print("ok %d - %s: %s" % (number, form, said))
        except (ValueError, OSError, KeyError, IndexError, AssertionError, subprocess.SubprocessError) as e:
            failed = 1
            print("not ok %d - %s" % (number, form))
            print("# " + ("%s: %s" % (type(e).__name__, e))[:2000].replace("\n", "\n# "))
        sys.stdout.flush()
    print("1..%d" % len(formats))
    return failed


if __name__ == "__main__":
    sys.exit(main())
