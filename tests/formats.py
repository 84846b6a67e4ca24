#!/usr/bin/env python3
"""The formats of others against the schemas of tests/schemas; prints TAP.

usage: formats.py --bin PATH/countermine [FORMAT...]

The driver, tests/formats-driver of the same build, writes findings of every kind, with owners of every sort, in each state. Checks:
  driver    each record fits its schema, is one line of at most 240 KiB, and says what the finding and its owner say
  goldens   so do those of the program over captures and logs of every kind; there is one for each event of -o json, of the
            same finding, in its order
  redact    no wallet of a capture is in any of them
  refused   what needs an account is refused without one
"""
import argparse
import json
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import schema  # noqa: E402

FORMATS = ("eve", "ecs", "ocsf", "asff", "guardduty")
WITH_EVENTS = ("eve", "ecs")
FOR_AWS = ("asff", "guardduty")
LIMIT_BYTES = 240 * 1024        # of a finding of Security Hub and of an event of EventBridge
LIMIT_S = 300
ACCOUNT = ["--set", "output.aws_account=111122223333", "--set", "output.aws_region=ap-northeast-1"]
GOLDENS = ("allow-mining", "cn-socks5-ipv6", "cn-vxlan", "contact-kinds", "dns-alias", "dns-kinds", "fleet-proxy", "fleet-scan", "fleet-wallet",
           "log-lookup", "nimiq-ws", "node-bitcoin", "sv1-rejects")
KINDS = {"mining", "pool-lookup", "web-mining", "coin-node", "pool-service", "pool-scan", "campaign", "pool-contact"}
ROOT = os.path.join(HERE, "golden")

class Broken(Exception):
    pass


def run(command, where=None):
    p = subprocess.run(command, cwd=where, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S)
    if p.returncode:
        raise Broken("exit status %d: %s" % (p.returncode, p.stderr.decode("utf-8", "replace")[-500:]))
    return p.stdout, p.stderr.decode()


def no_twice(pairs):
    """A dict; that a key comes twice is an error."""
    keys = [k for k, _ in pairs]
    if len(set(keys)) != len(keys):
        raise ValueError("a key comes twice in %s" % sorted(keys))
    return dict(pairs)


def records(output):
    if output and not output.endswith(b"\n"):
        raise Broken("the last line has no end")
    lines = output.split(b"\n")[:-1]
    longest = max(map(len, lines), default=0)
    if longest > LIMIT_BYTES:
        raise Broken("a record of %d bytes" % longest)
    try:
        return [json.loads(line.decode("utf-8"), object_pairs_hook=no_twice) for line in lines]
    except ValueError as e:
        raise Broken("not JSON by line: %s" % e)


def get(value, path):
    """What stands at "a.b.0.c", or None."""
    for key in path.split("."):
        if isinstance(value, list) and key.isdigit() and int(key) < len(value):
            value = value[int(key)]
        elif isinstance(value, dict):
            value = value.get(key)
        else:
            return None
    return value


# Where a format has what the driver puts in: of the record with all that is known of the owner, and of one of mining.
SAYS = {
    "eve": {"alert.signature_id": 1900005, "alert.severity": 1, "src_ip": "10.0.3.17", "dest_port": 3333, "tunnel.src_ip": "10.200.0.4",
            "flow.bytes_toclient": 611, "countermine.mining.wallet.coin": "XMR"},
    "ecs": {"source.mac": "02-00-0A-00-03-11", "destination.domain": "xmr.pool.example", "destination.geo.country_iso_code": "DE",
            "destination.as.number": 64500, "cloud.account.id": "111122223333", "orchestrator.cluster.name": "demo",
            "orchestrator.resource.name": "cnrig:3", "container.name": "app", "process.pid": 4242, "process.parent.name": "sh",
            "network.direction": "outbound", "event.severity": 73},
    "ocsf": {"evidences.0.src_endpoint.interface_uid": "eni-0a471a5cf3example", "evidences.0.dst_endpoint.autonomous_system.number": 64500,
             "resources.0.uid": "arn:aws:ecs:ap-northeast-1:111122223333:task/demo/0a1b2c3d4e5f", "resources.0.name": "cnrig:3",
             "resources.0.data.containers.0.name": "app", "evidences.0.process.file.name": "cnrig", "cloud.account.uid": "111122223333",
             "finding_info.types.0": "CryptoCurrency:Network/Stratum.B", "metadata.profiles.0": "cloud"},
    "asff": {"Resources.0.Type": "AwsEcsTask", "Resources.0.Details.AwsEcsTask.TaskDefinitionArn":
             "arn:aws:ecs:ap-northeast-1:111122223333:task-definition/cnrig:3", "Resources.1.Type": "Container",
             "Resources.0.Tags.Name": "web-1", "Process.Name": "cnrig", "Network.DestinationDomain": "xmr.pool.example",
             "Action.NetworkConnectionAction.RemoteIpDetails.Country.CountryCode": "DE", "Severity.Label": "HIGH",
             "Resources.1.Details.Container.ImageId": "sha256:25f3e5a0c1b2d3e4f5a6b7c8d9e0f1a2b3c4d5e6f7a8b9c0d1e2f3a4b5c6d7e8"},
    "guardduty": {"detail.resource.resourceType": "ECSCluster", "detail.resource.ecsClusterDetails.name": "demo",
                  "detail.resource.ecsClusterDetails.taskDetails.containers.0.name": "app", "source": "countermine",
                  "detail.resource.ecsClusterDetails.taskDetails.definitionArn":
                  "arn:aws:ecs:ap-northeast-1:111122223333:task-definition/cnrig:3", "detail.service.runtimeDetails.process.pid": 4242,
                  "detail.service.action.networkConnectionAction.remoteIpDetails.country.countryCode": "DE",
                  "detail.service.eventFirstSeen": "2026-03-01T12:00:00.024Z", "detail.severity": 8.5},
}
ADVICE = {"ocsf": "remediation.desc", "asff": "Remediation.Recommendation.Text"}
STATES = {
    "eve": ("countermine.state", {"new": "new", "update": "update", "closed": "closed"}),
    "ecs": ("countermine.state", {"new": "new", "update": "update", "closed": "closed"}),
    "ocsf": ("activity_id", {"new": 1, "update": 2, "closed": 3}),
    "asff": ("RecordState", {"new": "ACTIVE", "update": "ACTIVE", "closed": "ARCHIVED"}),
    "guardduty": ("detail.service.archived", {"new": False, "update": False, "closed": True}),
}
IDS = {"eve": "countermine.id", "ecs": "event.id", "ocsf": "finding_info.uid", "asff": "Id", "guardduty": "detail.id"}


def check_driver(driver, form, rules):
    output, said = run([driver, form])
    got, said = records(output), [line.split() for line in said.splitlines()]
    complaints = []
    path, states = STATES[form]
    events = len(got) - len(said)
    if (events > 0) != (form in WITH_EVENTS):
        complaints.append("%d records of events" % events)
    for record, what in zip(got, said + [["event"]] * events):
        complaints += ["%s: %s" % (" ".join(what), f) for f in rules.faults(record)]
        if what[0] != "event" and get(record, path) != states[what[2]]:
            complaints.append("%s: %s is %s" % (" ".join(what), path, get(record, path)))
        if what == ["mining-paid", "task", "update"]:
            complaints += ["%s is %s, not %s" % (k, get(record, k), v) for k, v in SAYS[form].items() if get(record, k) != v]
            if form in ADVICE and not get(record, ADVICE[form]).startswith("Deny the task all egress, "):
                complaints.append("advice: %s" % get(record, ADVICE[form]))
    return complaints


def check_rules(driver, form, rules):
    """A schema that lets anything pass would tell nothing: each key that must be there is taken away, one that nobody knows is added."""
    record = records(run([driver, form])[0])[0]
    complaints = []
    for key in record:
        changed = dict(record)
        changed[key] = {"none": "such"}
        if not rules.faults(changed):
            complaints.append("%s may be anything" % key)
    if not rules.faults(dict(record, none="such")):
        complaints.append("any key may be there")
    return complaints


def golden(binary, name, form, *more):
    where = os.path.join(ROOT, name)
    files = sorted(f for f in os.listdir(where) if f.startswith("input"))
    site = ["--set", "site.allow=site.csv"] if os.path.exists(os.path.join(where, "site.csv")) else []
    option = "--dns-log" if files[0].endswith(".json") else "-r"
    return records(run([binary, "-q", "-c", "/dev/null", option] + files + ["-o", form, "--set", "feeds.builtin=no", "--set", "feeds.files=../names.csv"] +
                       site + (ACCOUNT if form in FOR_AWS else []) + list(more), where)[0])


def check_goldens(binary, form, rules):
    complaints, kinds = [], set()
    for name in GOLDENS:
        native, got = golden(binary, name, "json"), golden(binary, name, form)
        kinds |= {o["kind"] for o in native}
        ids = [get(r, IDS[form]).split("/")[-1] for r in got]
        if ids != [o["id"] for o in native]:
            complaints.append("%s: other findings than -o json has: %s" % (name, ids))
        complaints += ["%s: %s" % (name, f) for r in got for f in rules.faults(r)]
    if kinds != KINDS:
        complaints.append("the goldens lack %s" % (KINDS - kinds))
    return complaints


def check_redact(binary, form, rules):
    complaints = []
    for name in ("cn-vxlan", "fleet-wallet", "sv1-rejects"):
        wallets = {get(o, "mining.wallet.address") for o in golden(binary, name, "json")} - {None}
        text = json.dumps(golden(binary, name, form, "--redact"))
        plain = json.dumps(golden(binary, name, form))
        for w in wallets:
            if w in text:
                complaints.append("%s: %s" % (name, w))
            if w not in plain:
                complaints.append("%s: %s is not there without --redact either" % (name, w))
    return complaints


def check_refused(binary, form):
    cases = [([], "output.aws_account"), (["--set", "output.aws_account=1111"], "12 digits"), (ACCOUNT[:2], "output.aws_region"),
             (ACCOUNT[:2] + ["--set", "output.aws_region=Tokyo"], "`Tokyo'")]
    complaints = []
    for settings, word in cases:
        p = subprocess.run([binary, "-c", "/dev/null", "-r", os.path.join(ROOT, "cn-plain", "input.pcap"), "-o", form] + settings,
                           stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=LIMIT_S)
        if p.returncode == 0 or word.encode() not in p.stderr or p.stdout:
            complaints.append("%s: exit status %d, %r" % (settings, p.returncode, p.stderr[-300:]))
    return complaints


def check_schema():
    """The checks of schema.py can fail, one by one."""
    cases = [({"type": "integer"}, True), ({"type": "number"}, "1"), ({"enum": [1]}, True), ({"const": "a"}, "b"), ({"pattern": "^a$"}, "b"),
             ({"format": "ipv4"}, "1.2.3"), ({"format": "ip"}, "x"), ({"format": "date-time"}, "2026-03-01"), ({"format": "json"}, "{"),
             ({"minLength": 1}, ""), ({"maxLength": 1}, "ab"), ({"minimum": 1}, 0), ({"maximum": 1}, 2), ({"minItems": 1}, []), ({"maxItems": 0}, [1]),
             ({"items": {"type": "string"}}, [1]), ({"required": ["a"]}, {}), ({"maxProperties": 0}, {"a": 1}), ({"minProperties": 1}, {}),
             ({"propertyNames": {"pattern": "^a$"}}, {"b": 1}), ({"properties": {"a": False}}, {"a": 1}), ({"additionalProperties": False}, {"a": 1}),
             ({"anyOf": [{"const": 1}, {"const": 2}]}, 3), ({"allOf": [{"const": 1}, {"const": 2}]}, 1), ({"$defs": {"a": {"const": 1}}, "$ref": "#/$defs/a"}, 2)]
    complaints = ["%s takes %r" % (rule, value) for rule, value in cases if not schema.Schema(rule).faults(value)]
    try:
        schema.Schema({"maximal": 1}).faults(1)
        complaints.append("an unknown keyword is passed over")
    except schema.Wrong:
        pass
    return complaints


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    a.add_argument("formats", nargs="*", metavar="FORMAT")
    o = a.parse_args()
    binary = os.path.abspath(o.bin)
    driver = os.path.join(os.path.dirname(binary), "tests", "formats-driver")
    checks = [("schema: the validator", check_schema)]
    for form in o.formats or FORMATS:
        rules = schema.Schema.load(os.path.join(HERE, "schemas", form + ".json"))
        checks += [(form + ": driver", lambda f=form, r=rules: check_driver(driver, f, r)), (form + ": rules", lambda f=form, r=rules: check_rules(driver, f, r)),
                   (form + ": goldens", lambda f=form, r=rules: check_goldens(binary, f, r)),
                   (form + ": redact", lambda f=form, r=rules: check_redact(binary, f, r))]
        if form in FOR_AWS:
            checks.append((form + ": refused", lambda f=form: check_refused(binary, f)))
    print("1..%d" % len(checks))
    failed = 0
    for number, (name, check) in enumerate(checks, 1):
        try:
            complaints = check()
        except (Broken, schema.Wrong, subprocess.TimeoutExpired) as e:
            complaints = [str(e)]
        failed += bool(complaints)
        print("%s %d - %s" % ("not ok" if complaints else "ok", number, name))
        for line in complaints[:40]:
            print("# " + line[:1000].encode("ascii", "backslashreplace").decode())
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
