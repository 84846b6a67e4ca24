"""Readers of CEF and LEEF for tests, written from the specifications: ArcSight Common Event Format, revision 25, and IBM's Log Event
Extended Format 2.0. They share no code with the program and refuse what a strict reader may refuse."""
import re

CEF_PAIR = re.compile(r"(?:\A| )([A-Za-z0-9]+)=")
CEF_ESCAPE = re.compile(r"\\(.)|=", re.DOTALL)
LEEF_KEY = re.compile(r"[A-Za-z0-9]+")


def split_head(line, n, escaped):
    """The first n fields that pipes end, and what follows them."""
    fields, field, at = [], "", 0
    while len(fields) < n:
        if at >= len(line):
            raise ValueError("the head ends early: %r" % line[:200])
        c = line[at]
        if escaped and c == "\\":
            at += 1
            if line[at] not in "\\|":
                raise ValueError("an escape in the head that is none: %r" % line[:200])
            field += line[at]
        elif c == "|":
            fields.append(field)
            field = ""
        else:
            field += c
        at += 1
    return fields, line[at:]


def cef_unescape(match):
    if not match.group(1) or match.group(1) not in "\\=":   # \n and \r, which the format has too, are never needed
        raise ValueError("a bare = or an unknown escape: %r" % match.group(0))
    return match.group(1)


def cef(line):
    """(signature, name, severity, {key: value}); labels are applied: of cs1Label=eni cs1=x comes eni: x."""
    head, rest = split_head(line, 7, True)
    if head[:3] != ["CEF:0", "countermine", "countermine"]:
        raise ValueError("not our head: %r" % head)
    keys = list(CEF_PAIR.finditer(rest))
    pairs, labels = {}, {}
    if not keys or keys[0].start() != 0:
        raise ValueError("text before the first pair: %r" % rest[:200])
    for i, key in enumerate(keys):
        end = keys[i + 1].start() if i + 1 < len(keys) else len(rest)
        value = CEF_ESCAPE.sub(cef_unescape, rest[key.end():end])
        name = key.group(1)
        if name in pairs or name in labels:
            raise ValueError("the key %s comes twice" % name)
        if name.endswith("Label"):
            labels[name] = value
        else:
            pairs[name] = value
    for name, label in labels.items():
        if label in pairs:
            raise ValueError("the label %s is a key too" % label)
        pairs[label] = pairs.pop(name[:-len("Label")])
    if not head[6].isdigit() or not 0 <= int(head[6]) <= 10:
        raise ValueError("not a severity: %s" % head[6])
    return head[4], head[5], int(head[6]), pairs


def leef(line):
    """(event id, {key: value})."""
    head, rest = split_head(line, 6, False)
    if head[:3] != ["LEEF:2.0", "countermine", "countermine"] or not re.fullmatch("x[0-9A-Fa-f]{2}", head[5]):
        raise ValueError("not our head: %r" % head)
    pairs = {}
    for pair in rest.split(chr(int(head[5][1:], 16))):
        key, equals, value = pair.partition("=")
        if not equals or not LEEF_KEY.fullmatch(key) or key in pairs:
            raise ValueError("not a pair, or twice: %r" % pair[:200])
        pairs[key] = value
    return head[4], pairs
