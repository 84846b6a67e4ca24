"""Checks a value against a schema: the part of JSON Schema, draft 2020-12, that tests/schemas uses. A keyword that is not known here
is an error, so that no rule is written that nobody checks."""
import datetime
import ipaddress
import json
import re

ABOUT = {"$schema", "$id", "$defs", "title", "description"}
TYPES = {"object": dict, "array": list, "string": str, "boolean": bool}


class Wrong(Exception):
    """Of a schema that cannot be used."""


def is_type(value, name):
    if name in ("integer", "number"):
        return not isinstance(value, bool) and isinstance(value, (int,) if name == "integer" else (int, float))
    if name not in TYPES:
        raise Wrong("type %s" % name)
    return isinstance(value, TYPES[name])


def is_format(value, name):
    try:
        if name == "ipv4":
            ipaddress.IPv4Address(value)
        elif name == "ipv6":
            ipaddress.IPv6Address(value)
        elif name == "ip":
            ipaddress.ip_address(value)
        elif name == "date-time":
            datetime.datetime.strptime(re.sub(r"\.\d{1,6}Z$", "Z", value), "%Y-%m-%dT%H:%M:%SZ")
        elif name == "json":
            json.loads(value)
        else:
            raise Wrong("format %s" % name)
    except ValueError:
        return False
    return True


def same(a, b):
    """Equal as JSON: true is not 1."""
    return a == b and isinstance(a, bool) == isinstance(b, bool)


class Schema:
    def __init__(self, document):
        self.root = document

    @classmethod
    def load(cls, path):
        with open(path, encoding="utf-8") as f:
            return cls(json.load(f))

    def faults(self, value):
        """Sentences about what is wrong with the value."""
        return list(self.walk(value, self.root, "$"))

    def resolve(self, ref):
        if not ref.startswith("#/$defs/"):
            raise Wrong("$ref %s" % ref)
        return self.root["$defs"][ref[len("#/$defs/"):]]

    def walk(self, value, schema, at):
        if isinstance(schema, bool):
            if not schema:
                yield "%s: must not be there" % at
            return
        for keyword, rule in schema.items():
            if keyword in ABOUT:
                continue
            check = getattr(self, "check_" + keyword.lstrip("$"), None)
            if not check:
                raise Wrong("keyword %s at %s" % (keyword, at))
            yield from check(value, rule, schema, at)

    def check_ref(self, value, rule, schema, at):
        yield from self.walk(value, self.resolve(rule), at)

    def check_type(self, value, rule, schema, at):
        if not any(is_type(value, t) for t in (rule if isinstance(rule, list) else [rule])):
            yield "%s: %.60r is no %s" % (at, value, rule)

    def check_enum(self, value, rule, schema, at):
        if not any(same(value, r) for r in rule):
            yield "%s: %.60r is none of %s" % (at, value, rule)

    def check_const(self, value, rule, schema, at):
        if not same(value, rule):
            yield "%s: %.60r is not %r" % (at, value, rule)

    def check_anyOf(self, value, rule, schema, at):
        each = [list(self.walk(value, r, at)) for r in rule]
        if all(each):
            yield "%s: fits none of %d: %s" % (at, len(rule), "; ".join(e[0] for e in each))

    def check_allOf(self, value, rule, schema, at):
        for r in rule:
            yield from self.walk(value, r, at)

    def check_pattern(self, value, rule, schema, at):
        if isinstance(value, str) and not re.search(rule, value):
            yield "%s: %.80r does not match %s" % (at, value, rule)

    def check_format(self, value, rule, schema, at):
        if isinstance(value, str) and not is_format(value, rule):
            yield "%s: %.60r is no %s" % (at, value, rule)

    def check_minLength(self, value, rule, schema, at):
        if isinstance(value, str) and len(value) < rule:
            yield "%s: shorter than %d" % (at, rule)

    def check_maxLength(self, value, rule, schema, at):
        if isinstance(value, str) and len(value) > rule:
            yield "%s: longer than %d" % (at, rule)

    def check_minimum(self, value, rule, schema, at):
        if is_type(value, "number") and value < rule:
            yield "%s: %r is below %r" % (at, value, rule)

    def check_maximum(self, value, rule, schema, at):
        if is_type(value, "number") and value > rule:
            yield "%s: %r is above %r" % (at, value, rule)

    def check_minItems(self, value, rule, schema, at):
        if isinstance(value, list) and len(value) < rule:
            yield "%s: fewer than %d" % (at, rule)

    def check_maxItems(self, value, rule, schema, at):
        if isinstance(value, list) and len(value) > rule:
            yield "%s: more than %d" % (at, rule)

    def check_items(self, value, rule, schema, at):
        for i, item in enumerate(value if isinstance(value, list) else []):
            yield from self.walk(item, rule, "%s[%d]" % (at, i))

    def check_required(self, value, rule, schema, at):
        for key in rule:
            if isinstance(value, dict) and key not in value:
                yield "%s: has no %s" % (at, key)

    def check_maxProperties(self, value, rule, schema, at):
        if isinstance(value, dict) and len(value) > rule:
            yield "%s: more than %d keys" % (at, rule)

    def check_minProperties(self, value, rule, schema, at):
        if isinstance(value, dict) and len(value) < rule:
            yield "%s: fewer than %d keys" % (at, rule)

    def check_propertyNames(self, value, rule, schema, at):
        for key in value if isinstance(value, dict) else []:
            yield from self.walk(key, rule, "%s key %.60r" % (at, key))

    def check_properties(self, value, rule, schema, at):
        for key in rule if isinstance(value, dict) else []:
            if key in value:
                yield from self.walk(value[key], rule[key], "%s.%s" % (at, key))

    def check_additionalProperties(self, value, rule, schema, at):
        for key in value if isinstance(value, dict) else []:
            if key not in schema.get("properties", {}):
                yield from self.walk(value[key], rule, "%s.%s" % (at, key))
