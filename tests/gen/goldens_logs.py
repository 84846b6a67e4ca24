"""Golden logs: what Route 53's Resolver writes of questions, in the forms in which people have it. goldens.py takes them into its catalogue.

Made from AWS's description of the log. The first is an entry a line; tests/golden.py turns those into the other forms.
"""
import collections
import json

Log = collections.namedtuple("Log", "what made found files")
ACCOUNT = "111122223333"


def record(data, kind="A"):
    return {"Rdata": data, "Type": kind, "Class": "IN"}


def entry(client, name, at=0, answers=(), rcode="NOERROR", qtype="A", vpc="vpc-0a1b2c3d", **more):
    """An entry in the order of AWS's members; None for a member leaves it out. The time is `at` seconds behind 10:00."""
    e = {"version": "1.100000", "account_id": ACCOUNT, "region": "eu-west-1", "vpc_id": vpc,
         "query_timestamp": "2026-11-23T10:%02d:%02dZ" % (at // 60, at % 60), "query_name": name + ".", "query_type": qtype, "query_class": "IN",
         "rcode": rcode, "answers": None if answers is None else list(answers), "srcaddr": "10.0.3.%d" % client, "srcport": str(40000 + client), "transport": "UDP",
         "srcids": {"instance": "i-0%015x" % client}}
    e.update(more)
    return {k: v for k, v in e.items() if v is not None}


def lines(entries):
    return "".join(json.dumps(e, separators=(",", ":")) + "\n" for e in entries).encode()


def lookups():
    pool = [record("203.0.113.9"), record("203.0.113.10")]
    chain = [record("edge.cdn.example.net.", "CNAME"), record("xmr.pool.example.", "CNAME"), record("203.0.113.9")]
    return [entry(17, "xmr-eu1.pool.example", 0, pool), entry(17, "xmr-eu1.pool.example", 60, pool),
            entry(17, "xmr-us1.pool.example", 90, [record("203.0.113.44")]), entry(18, "www.example.org", 91, [record("192.0.2.10")]),
            entry(19, "updates.example.org", 92, chain), entry(17, "EU.Pool.Example", 93, pool, vpc="vpc-0ffff", account_id="444455556666"),
            entry(20, "seed.pool.example", 94, [record("203.0.113.70")]), entry(21, "js.webminer.example", 95, [record("203.0.113.71")]),
            entry(22, "btc.market.example", 96, [record("2001:db8::9", "AAAA")], qtype="AAAA"), entry(23, "old.gone.example", 97, rcode="NXDOMAIN")]


def odd():
    """Members as they are seen beside AWS's description."""
    return [entry(31, "a.pool.example", 1, [record("203.0.113.9")], srcport=40031, query_timestamp="2017-03-16T19:20:177Z"),
            entry(32, "b.pool.example", 2, query_timestamp="2017-03-16T19:20:18.250Z", answers=None, srcids=[{"instance": "i-1"}]),
            entry(33, "c.pool.example", 3, query_timestamp=1489692019000, srcids={"resolver_endpoint": "rslvr-in-1"}, srcport=None, transport="TCP"),
            entry(34, "d.pool.example", 4, query_timestamp="1489692020", rcode=None, answers=None, vpc=None, srcids=None, version=None),
            entry(35, "e.pool.example", 5, query_timestamp="2017-03-16 19:20:21", new_member={"a": [1, {"b": None}]}, query_type="TYPE65"),
            entry(36, "f.pool.example", 6, query_timestamp="2017-03-16T20:20:22+01:00", srcaddr="2001:db8:a::36")]


def firewall():
    override = [record("blocked.site.example.", "CNAME"), record("10.9.9.9")]
    rule = {"firewall_rule_group_id": "rslvr-frg-1", "firewall_domain_list_id": "rslvr-fdl-1"}
    return [entry(41, "a.pool.example", 0, rcode="NXDOMAIN", firewall_rule_action="BLOCK", **rule),
            entry(42, "b.pool.example", 1, override, firewall_rule_action="BLOCK", **rule), entry(43, "c.pool.example", 2, firewall_rule_action="BLOCK", **rule),
            entry(44, "d.pool.example", 3, [record("203.0.113.9")], firewall_rule_action="ALERT", **rule)]


def faulty():
    good = [json.dumps(e) for e in lookups()]
    return "\n".join([good[0], good[1][:150], "hello", good[2], '{"event":"finding"}', good[4].replace("10.0.3.19", "10.0.3"), good[7],
                      good[8].replace("2026-11-23T10:01:36Z", "today"), good[9].replace("old.gone", "old..gone"), ""]).encode()


def forms():
    """Of every form a file, each with a client of its own."""
    all_forms = [[entry(50 + i, "eu.pool.example", i, [record("203.0.113.9")]), entry(50 + i, "www.example.org", i)] for i in range(6)]
    text = [[json.dumps(e) for e in entries] for entries in all_forms]
    events = {"messageType": "DATA_MESSAGE", "owner": ACCOUNT, "logGroup": "/route53", "logEvents": [
        {"id": str(i), "timestamp": 1795428004000, "message": m} for i, m in enumerate(text[4])]}
    control = {"messageType": "CONTROL_MESSAGE", "logEvents": [{"id": "", "message": "CWL CONTROL MESSAGE: Checking health of destination Firehose."}]}
    shown = {"events": [{"logStreamName": "vpc-0a1b2c3d_i-1", "message": m} for m in text[5]], "searchedLogStreams": []}
    files = ["".join(text[0]), json.dumps(all_forms[1]), "".join(json.dumps({"message": m}) + "\r\n" for m in text[2]),
             "".join("2026-11-23T10:00:03.000Z %s\n" % m for m in text[3]), json.dumps(control) + json.dumps(events), json.dumps(shown, indent=4)]
    return {"input-%d.json" % (i + 1): f.encode() for i, f in enumerate(files)}


def lookalikes():
    names = ["notpool.example", "pool.example.org", "pool.example.evil.test", "xpool.example", "example", "sub.exact.example", "pool"]
    out = [entry(61, n, i, [record("192.0.2.%d" % i)]) for i, n in enumerate(names)]
    out += [entry(61, "version.bind", 20, [record("eu.pool.example", "TXT")], qtype="TXT"),
            entry(61, "a.example.org", 21, [record("v=spf1 include:eu.pool.example", "TXT"), record("eu.pool.example.", "NS")]),
            entry(61, "eu.pool.example", 22, [record("203.0.113.9")], query_class="CH"), entry(61, "", 23, qtype="NS")]
    return out


LOGS = {
    "log-lookup": Log("A log of Route 53's Resolver: names of a pool, of every other kind, an alias, and a machine of the same address in another VPC.",
                      "an entry a line", "a finding of each machine but 10.0.3.18; of 10.0.3.17 two, one for each VPC.", lambda: {"input.json": lines(lookups())}),
    "log-odd": Log("Members as they are seen beside AWS's description: times in five forms, numbers for texts and texts for numbers, members missing or new.",
                   "an entry a line", "a lookup by each of six machines, at 2017-03-16 19:20:17.7 to 19:20:22.", lambda: {"input.json": lines(odd())}),
    "log-firewall": Log("Questions that the resolver's firewall blocked, with every answer it can be told to give, and one it only noted.", "an entry a line",
                        "four lookups, three of them denied, severity 3.0; the fourth answered, severity 5.0.", lambda: {"input.json": lines(firewall())}),
    "log-faulty": Log("A log with a line that was cut, a line that is no JSON, an object of something else, and entries without address, time, or a right name.",
                      "an entry a line", "lookups by 10.0.3.17 and 10.0.3.21; six entries are left out.", lambda: {"input.json": faulty()}),
    "log-forms": Log("The forms of a log: joined, an array, CloudWatch's messages, its export, a subscription with a test before it, its command line.",
                     "a file for each", "a lookup by each of 10.0.3.50 to 10.0.3.55.", forms),
    "trap-log-lookalikes": Log("Names that only look like those of a pool, a name in a text, in a class of its own, and the root.", "an entry a line", "nothing.",
                               lambda: {"input.json": lines(lookalikes())}),
}
