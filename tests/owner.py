#!/usr/bin/env python3
"""Whose container mines: captures, DNS logs and a live run, with an inventory beside them; prints TAP.

usage: owner.py --bin PATH/countermine

The first case is the whole story: a miner in a Fargate task behind a mirror session looks the pool's name up, logs in and hands in
shares; the finding names cluster, task, definition, container, image, digest, interface, name, pool, the pool's place, wallet and
program, in every format. Documents are as the AWS CLI prints them, with identifiers of AWS's own manuals.
"""
import argparse
import gzip
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "gen"))

import dialogue  # noqa: E402
import flat_read  # noqa: E402
import geo  # noqa: E402
import goldens_contact  # noqa: E402
import goldens_logs  # noqa: E402
import passive  # noqa: E402
import tap  # noqa: E402
import wallets  # noqa: E402
import wire  # noqa: E402

ACCOUNT, REGION = "111122223333", "ap-northeast-1"
ARN = "arn:aws:ecs:%s:%s:" % (REGION, ACCOUNT)
IMAGE, DIGEST = ACCOUNT + ".dkr.ecr.%s.amazonaws.com/app:latest" % REGION, "sha256:" + "25f3" * 16
START_S = dialogue.START_NS // 10 ** 9
MINER, APPLIANCE = "10.0.3.17", "10.200.0.9"
LISTS = ["feeds.builtin=no", "feeds.files=" + os.path.join(HERE, "golden", "names.csv")]


# ---------------------------------------------------------------- documents

def interface(eni, address, vpc="vpc-0a", attached_s=None, **more):
    out = {"NetworkInterfaceId": eni, "InterfaceType": "interface", "PrivateIpAddress": address,
           "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}], "VpcId": vpc, "SubnetId": "subnet-" + vpc[4:],
           "AvailabilityZone": REGION + "a", "OwnerId": ACCOUNT, "RequesterManaged": True, "Status": "in-use", "TagSet": []}
    if attached_s:
        out["Attachment"] = {"AttachTime": stamp(attached_s), "Status": "attached"}
    return dict(out, **more)


def session(name, eni, vni, number=1, mirror_filter="tmf-0c"):
    return {"TrafficMirrorSessionId": name, "NetworkInterfaceId": eni, "VirtualNetworkId": vni, "TrafficMirrorFilterId": mirror_filter,
            "TrafficMirrorTargetId": "tmt-0d", "OwnerId": ACCOUNT, "SessionNumber": number, "Tags": []}


def mirror_filter(name, services=("amazon-dns",)):
    return {"TrafficMirrorFilterId": name, "NetworkServices": list(services), "IngressFilterRules": [], "EgressFilterRules": []}


def stamp(second):
    """As the AWS CLI version 2 prints a time."""
    return time.strftime("%Y-%m-%dT%H:%M:%S.000000+00:00", time.gmtime(second))


def task(name, eni, address, started_s, stopped_s=None, revision=7, image=IMAGE, digest=DIGEST):
    out = {"taskArn": ARN + "task/demo/" + name, "clusterArn": ARN + "cluster/demo", "launchType": "FARGATE", "group": "service:app",
           "taskDefinitionArn": ARN + "task-definition/app:%d" % revision, "lastStatus": "STOPPED" if stopped_s else "RUNNING",
           "createdAt": stamp(started_s - 20), "startedAt": stamp(started_s),
           "containers": [{"name": "app", "image": image, "imageDigest": digest, "runtimeId": name + "-1",
                           "networkInterfaces": [{"attachmentId": "att-" + name, "privateIpv4Address": address}]}],
           "attachments": [{"id": "att-" + name, "type": "ElasticNetworkInterface", "status": "DELETED" if stopped_s else "ATTACHED",
                            "details": [{"name": "subnetId", "value": "subnet-0a"}, {"name": "networkInterfaceId", "value": eni},
                                        {"name": "privateIPv4Address", "value": address}]}],
           "tags": [{"key": "team", "value": "shop"}]}
    if stopped_s:
        out["stoppedAt"] = stamp(stopped_s)
    return out


def scenario():
    """A Fargate task whose own interface is mirrored."""
    definition = {"taskDefinitionArn": ARN + "task-definition/app:7", "family": "app", "revision": 7, "networkMode": "awsvpc",
                  "containerDefinitions": [{"name": "app", "image": IMAGE, "essential": True}]}
    return {"interfaces.json": {"NetworkInterfaces": [interface("eni-0a471a5cf3", MINER)]},
            "sessions.json": {"TrafficMirrorSessions": [session("tms-0567a4c684", "eni-0a471a5cf3", 42)]},
            "filters.json": {"TrafficMirrorFilters": [mirror_filter("tmf-0c")]},
            "instances.json": {"Reservations": []},
            "tasks.json": {"tasks": [task("cd189a93", "eni-0a471a5cf3", MINER, START_S - 3600)], "failures": []},
            "definitions.json": {"taskDefinition": definition, "tags": []}}


# ---------------------------------------------------------------- packets

def mirrored(packets, source, vni):
    """As a mirror session sends them."""
    return [p._replace(data=data, orig_len=len(data)) for i, p in enumerate(packets)
            for data in [wire.mirror_packet(source, APPLIANCE, 4789, wire.vxlan(vni, p.data), i + 1)]]


def mines(n=17, at=1.0):
    """Client 10.0.3.n looks the pool's name up and mines there."""
    return goldens_contact.got(n, goldens_contact.NAME, at=at - 0.5) + goldens_contact.mining(n, at=at)


# ---------------------------------------------------------------- runs

class Place:
    def __init__(self, where, binary):
        self.where, self.binary = where, binary
        os.chmod(where, 0o755)

    def path(self, name):
        return os.path.join(self.where, name)

    def inventory(self, documents, written_s=START_S + 7200, folder="inventory"):
        """Writes documents: values that are no bytes become JSON. They were written at one time."""
        os.makedirs(self.path(folder), exist_ok=True)
        for name, what in documents.items():
            data = what if isinstance(what, bytes) else json.dumps(what, indent=4).encode()
            part = self.path(os.path.join(folder, ".part"))
            with open(part, "wb") as f:
                f.write(data)
            os.utime(part, (written_s, written_s))
            os.rename(part, self.path(os.path.join(folder, name)))
        return self.path(folder)

    def run(self, *arguments, status=0, settings=()):
        words = [w for s in (*LISTS, "owner.inventory=" + self.path("inventory"), *settings) for w in ("--set", s)]
        done = subprocess.run([self.binary, "-c", "/dev/null", "-q", *words, *arguments], cwd=self.where, capture_output=True, text=True)
        assert done.returncode == status, (done.returncode, done.stderr)
        return done

    def findings(self, packets, settings=()):
        """What is found in the capture: the last event of each finding."""
        wire.write_file(self.path("in.pcap"), sorted(packets, key=lambda p: p.ts_ns))
        return last_events(self.run("-r", "in.pcap", settings=settings).stdout)


def last_events(text):
    by_id = {}
    for line in text.splitlines():
        f = json.loads(line)
        by_id[f["id"]] = f
    return list(by_id.values())


def only(findings, kind):
    out = [f for f in findings if f["kind"] == kind]
    assert len(out) == 1, [(f["id"], f["kind"]) for f in findings]
    return out[0]


def tasks_of(findings, kind="mining"):
    return sorted(f["miner"]["owner"]["aws"]["ecs"]["task"].rsplit("/", 1)[1] for f in findings if f["kind"] == kind)


# ---------------------------------------------------------------- what is checked

def story(place):
    """The inventory of the scenario, its packets, and settings: where databases of places are, and what formats for AWS need."""
    place.inventory(scenario())
    geo.make(place.where)
    return mirrored(mines(), MINER, 42), ["geo.asn=" + place.path("asn.mmdb"), "geo.country=" + place.path("city.mmdb"),
                                          "output.aws_account=" + ACCOUNT, "output.aws_region=" + REGION]


def whole_story(place):
    f = only(place.findings(*story(place)), "mining")
    owner = f["miner"]["owner"]
    assert (owner["source"], owner["candidate"], owner["age_s"]) == ("inventory", False, 0), owner
    aws, ecs = owner["aws"], owner["aws"]["ecs"]
    want = {"account": ACCOUNT, "region": REGION, "vpc": "vpc-0a", "eni": "eni-0a471a5cf3"}
    assert {k: aws.get(k) for k in want} == want, aws
    want = {"cluster": "demo", "task": ARN + "task/demo/cd189a93", "task_definition": "app:7", "container": "app", "image": IMAGE,
            "image_digest": DIGEST}
    assert {k: ecs.get(k) for k in want} == want, ecs
    assert f["pool"]["domain"] == goldens_contact.NAME and f["pool"]["domain_source"] == "dns" and f["pool"]["ip"] == goldens_contact.POOL_IP
    assert {k: f["pool"].get(k) for k in STORY_PLACE} == STORY_PLACE, f["pool"]
    assert f["mining"]["wallet"]["address"] == wallets.monero("contact 17") and f["mining"]["agent"].startswith("XMRig/")
    assert f["mining"]["shares"]["accepted"] == 2 and f["stage"] == "paid"
    assert (f["flows"][0]["vni"], f["flows"][0]["outer_src"]) == (42, MINER)


STORY_PLACE = {"asn": 64496, "as_org": "Example Pools", "country": "NL"}
STORY_TEXTS = {ARN + "task/demo/cd189a93", IMAGE, goldens_contact.NAME, DIGEST, "eni-0a471a5cf3"}


def texts(value):
    """All texts of what JSON holds, each as it stands in a field of its own; JSON in a text, as GuardDuty's form has it, too."""
    if isinstance(value, (dict, list)):
        return set().union(*map(texts, value.values() if isinstance(value, dict) else value))
    if isinstance(value, str) and value.startswith("{"):
        return texts(json.loads(value))
    return {value} if isinstance(value, str) else set()


READERS = {"cef": lambda line: set(flat_read.cef(line)[3].values()), "leef": lambda line: set(flat_read.leef(line)[1].values())}


def texts_of(form, line):
    return READERS[form](line) if form in READERS else texts(json.loads(line))


def last_message(place, settings):
    """Runs over the capture, and returns the body of the last message that a socket of syslog got."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as log:
        log.bind(place.path("log"))
        os.chmod(place.path("log"), 0o666)  # who writes has given up the rights of the start
        log.setblocking(False)
        place.run("-r", "in.pcap", "-o", "syslog:" + place.path("log"), settings=settings)
        os.unlink(place.path("log"))
        messages = []
        while True:
            try:
                messages.append(log.recv(1 << 16).decode())
            except BlockingIOError:
                return messages[-1].split(" finding-closed - ", 1)[1]


def every_format(place):
    """The same finding in each format says the same of whose container and which pool."""
    packets, settings = story(place)
    place.findings(packets)
    for form in ("json", "eve", "ecs", "ocsf", "asff", "guardduty", "cef", "leef"):
        line = place.run("-r", "in.pcap", "-o", form, settings=settings).stdout.rstrip("\n").split("\n")[-1]
        said = texts_of(form, line)
        assert STORY_TEXTS <= said, (form, STORY_TEXTS - said)
    for form in ("json", "cef"):
        said = texts_of(form, last_message(place, settings + ["output.syslog_format=" + form]))
        assert STORY_TEXTS <= said, ("syslog", form, STORY_TEXTS - said)
    said = " ".join(place.run("-r", "in.pcap", "-o", "table", settings=settings).stdout.split())
    for text in ("(image %s, %s)" % (IMAGE, DIGEST), "of ECS task cd189a93 (task definition app:7) in cluster demo, on eni-0a471a5cf3",
                 "with %s (%s:3333)" % (goldens_contact.NAME, goldens_contact.POOL_IP), "NL, AS64496 Example Pools."):
        assert text in said, (text, said)


def lookup_alone(place):
    place.inventory(scenario())
    f = only(place.findings(mirrored(goldens_contact.got(17, goldens_contact.NAME), MINER, 42)), "pool-lookup")
    assert f["miner"]["owner"]["aws"]["ecs"]["task_definition"] == "app:7", f["miner"]
    assert not f["miner"]["owner"]["candidate"]


def recycled():
    """A session on a gateway shows a VPC in which an address had two owners."""
    return {"ec2.json": {"NetworkInterfaces": [interface("eni-gateway", "10.0.9.4", RequesterManaged=False),
                                               interface("eni-second", MINER, attached_s=START_S + 400)],
                         "TrafficMirrorSessions": [session("tms-gateway", "eni-gateway", 77)],
                         "TrafficMirrorFilters": [mirror_filter("tmf-0c")]},
            "tasks.json": {"tasks": [task("first", "eni-first", MINER, START_S - 3600, START_S + 300, revision=7),
                                     task("second", "eni-second", MINER, START_S + 420, revision=8)]}}


def recycled_address(place):
    place.inventory(recycled(), written_s=START_S + 900)
    packets = mirrored(mines(at=1) + mines(at=600), "10.0.9.4", 77)
    found = [f for f in place.findings(packets) if f["kind"] == "mining"]
    assert [(f["first_seen"][11:16], f["miner"]["owner"]["aws"]["ecs"]["task_definition"], f["miner"]["owner"]["candidate"])
            for f in sorted(found, key=lambda f: f["first_seen"])] == [("12:00", "app:7", False), ("12:10", "app:8", False)], found
    assert tasks_of(found) == ["first", "second"]


def two_networks(place):
    """Two VPCs with equal addresses, those of what is mirrored too: the sessions tell them apart."""
    enis = [interface("eni-gateway-a", "10.0.9.4", "vpc-0a"), interface("eni-gateway-b", "10.0.9.4", "vpc-0b"),
            interface("eni-a", MINER, "vpc-0a"), interface("eni-b", MINER, "vpc-0b")]
    place.inventory({"all.json": {"NetworkInterfaces": enis, "TrafficMirrorFilters": [mirror_filter("tmf-0c")],
                                  "TrafficMirrorSessions": [session("tms-a", "eni-gateway-a", 77), session("tms-b", "eni-gateway-b", 78)],
                                  "tasks": [task("a", "eni-a", MINER, START_S - 60), task("b", "eni-b", MINER, START_S - 60)]}})
    found = place.findings(mirrored(mines(), "10.0.9.4", 77) + mirrored(mines(at=90), "10.0.9.4", 78))
    by_vni = {f["flows"][0]["vni"]: f["miner"]["owner"] for f in found if f["kind"] == "mining"}
    got = {vni: (o["aws"]["vpc"], o["aws"]["ecs"]["task"].rsplit("/", 1)[1], o["candidate"]) for vni, o in by_vni.items()}
    assert got == {77: ("vpc-0a", "a", False), 78: ("vpc-0b", "b", False)}, got


def old_files(place):
    """A packet that is much younger than the files has a candidate; so has one whose mirror is not known."""
    place.inventory(scenario(), written_s=START_S - 1800)
    packets = mirrored(mines(), MINER, 42)
    for setting, candidate in (("1h", False), ("20m", True), ("never", False)):
        owner = only(place.findings(packets, ["owner.inventory_stale_after=" + setting]), "mining")["miner"]["owner"]
        assert owner["candidate"] == candidate and 1800 < owner["age_s"] < 1900, (setting, owner)
    assert "owner" not in only(place.findings(packets, ['owner.inventory=""']), "mining")["miner"]


def dns_log(place):
    """What the log says of the VPC leads to the task; where both say it and differ, the log is right."""
    entry_s = 1795428000
    place.inventory({"all.json": {"NetworkInterfaces": [interface("eni-a", MINER, "vpc-0a1b2c3d")],
                                  "tasks": [task("of-log", "eni-a", MINER, entry_s - 3600)]}}, written_s=entry_s + 60)
    answer = [goldens_logs.record("203.0.113.9")]
    for more, vpc, has_task in (({"srcids": None}, "vpc-0a1b2c3d", True), ({}, "vpc-0a1b2c3d", True), ({"vpc": "vpc-0ffff"}, "vpc-0ffff", False)):
        with open(place.path("log.json"), "wb") as f:
            f.write(goldens_logs.lines([goldens_logs.entry(17, "eu.pool.example", 0, answer, **more)]))
        owner = only(last_events(place.run("--dns-log", "log.json").stdout), "pool-lookup")["miner"]["owner"]
        assert owner["aws"]["account"] == (ACCOUNT if has_task else goldens_logs.ACCOUNT) and owner["aws"]["vpc"] == vpc, owner
        assert owner["source"] == ("inventory" if has_task else "dns-log") and ("ecs" in owner["aws"]) == has_task, owner
        assert ("instance" in owner["aws"]) == ("srcids" not in more), owner


def wrong_files(place):
    where = place.inventory(dict(scenario(), **{"a.json": b'{"NetworkInterfaces": [\n  {"NetworkInterfaceId": }\n]}', "b.json": b'{"tasks": [{"taskArn": "x"'}))
    said = place.run("-r", "nothing.pcap", status=2).stderr
    assert "%s/a.json: line 2, column " % where in said and "%s/b.json: line 1, column " % where in said, said
    assert "expected" in said and place.run("-T", status=2).stderr.count("\n") >= 2
    for name in ("a.json", "b.json"):
        os.unlink(os.path.join(where, name))
    place.inventory({"c.json": {"NetworkInterfcaes": []}})
    assert "c.json: " in place.run("-T", status=2).stderr
    os.unlink(os.path.join(where, "c.json"))
    os.mkfifo(os.path.join(where, "d.json"))
    assert "d.json: is no ordinary file, expected a document" in place.run("-T", status=2).stderr
    os.unlink(os.path.join(where, "d.json"))
    with open(os.path.join(where, "e.json.gz"), "wb") as f:
        f.write(gzip.compress(b"{}")[:-4])
    assert "e.json.gz: cannot be unpacked (gzip): it is cut off" in place.run("-T", status=2).stderr
    os.unlink(f.name)
    said = place.run("-T", status=2, settings=["owner.inventory=" + place.path("nowhere")]).stderr
    assert "--set: owner.inventory: %s: cannot be searched: No such file" % place.path("nowhere") in said, said
    assert place.run("-T", settings=["owner.inventory_max_bytes=1M"]).returncode == 0


def too_much(place):
    """More files than are read, and more bytes."""
    place.inventory({"%04d.json" % i: {"tasks": []} for i in range(1025)})
    said = place.run("-T", status=2).stderr
    assert "inventory: holds 1025 documents, at most 1024 are read" in said, said
    os.unlink(place.path("inventory/0000.json"))
    assert place.run("-T").returncode == 0
    with open(place.path("inventory/0001.json"), "wb") as f:
        f.truncate((512 << 20) + 1)
    assert "0001.json: with it the files have more than 536870912 bytes" in place.run("-T", status=2).stderr
    os.unlink(f.name)
    many = {"NetworkInterfaces": [interface("eni-%d" % i, "10.%d.%d.%d" % (i >> 16, i >> 8 & 255, i & 255)) for i in range(20000)]}
    place.inventory({"0001.json": many})
    said = place.run("-T", status=2, settings=["owner.inventory_max_bytes=1M"]).stderr
    assert "0001.json: there is more in the files than owner.inventory_max_bytes allows" in said and said.count("there is more") == 1, said
    assert "20000 interfaces" in place.run("-T").stdout


def looked_at(place):
    """-T says what came of each file, and what should be mended; names that are no document are passed over."""
    documents = scenario()
    documents["filters.json"] = {"TrafficMirrorFilters": [mirror_filter("tmf-0c", [])]}
    documents["interfaces.json"]["NetworkInterfaces"].append({"Status": "in-use"})
    where = place.inventory(documents, written_s=time.time() - 90 * 60)
    with open(os.path.join(where, "sessions.json"), "rb") as f, gzip.open(os.path.join(where, "sessions.json.gz"), "wb") as to:
        to.write(f.read())
    os.utime(to.name, (time.time() - 90 * 60,) * 2)
    for name, data in (("README", b"no document"), (".hidden.json", b"{")):
        place.inventory({name: data})
    told = place.run("-T").stdout
    assert "inventory: %s/tasks.json: tasks: 1 thing taken, 0 left out, written 1 h 30 min ago\n" % where in told, told
    assert "interfaces.json: NetworkInterfaces: 1 thing taken, 1 left out (" in told and "README" not in told, told
    assert "inventory: 1 mirror session, 1 filter, 1 interface, 0 instances, 1 task, 1 task definition, 0 pods, 0 nodes, 0 kept; " in told
    warnings = ("inventory: mirror filter tmf-0c of session tms-0567a4c684 (eni-0a471a5cf3) lacks the network service amazon-dns: ",
                "inventory: its newest file was written ")
    assert all(w in told for w in warnings), told
    wire.write_file(place.path("in.pcap"), mirrored(mines(), MINER, 42))
    said = place.run("-r", "in.pcap").stderr
    assert "warning: " + warnings[0] in said and warnings[1] not in said, said
    os.mkdir(place.path("empty"))
    told = place.run("-T", settings=["owner.inventory=" + place.path("empty")]).stdout
    assert "has no files that end in .json" in told, told


# ---------------------------------------------------------------- live

def live_inventory(miners):
    """Mirrored from loopback; miners: (host, name of its task)."""
    now = time.time()
    enis = [interface("eni-gateway", "127.0.0.1")] + [interface("eni-%s" % t, "10.0.3.%d" % n) for n, t in miners]
    return {"ec2.json": {"NetworkInterfaces": enis, "TrafficMirrorSessions": [session("tms-gateway", "eni-gateway", 77)],
                         "TrafficMirrorFilters": [mirror_filter("tmf-0c")]},
            "tasks.json": {"tasks": [task(t, "eni-%s" % t, "10.0.3.%d" % n, now - 600) for n, t in miners]}}


class Live:
    def __init__(self, place, miners):
        os.chmod(place.where, 0o777)
        self.place, self.n_hups = place, 0
        self.write(live_inventory(miners))
        self.sensor = passive.Sensor(place.binary, place.where, ["json:f.json"], [LISTS[1], "owner.inventory=" + place.path("inventory")])

    def write(self, documents):
        self.place.inventory(documents, written_s=time.time())

    def send(self, n):
        self.sensor.send([wire.vxlan(77, p.data) for p in mines(n)])

    def records(self, **having):
        lines = [json.loads(line) for line in self.sensor.read("f.json").splitlines()]
        return [r for r in lines if all(r.get(k) == v for k, v in having.items())]

    def task_of(self, n):
        """The task that the newest event of mining by 10.0.3.n names."""
        def events():
            return [f for f in self.records(kind="mining") if f["miner"]["ip"] == "10.0.3.%d" % n]
        passive.until(events, "mining by client %d" % n)
        owner = events()[-1]["miner"].get("owner", {})
        return owner.get("aws", {}).get("ecs", {}).get("task", "").rsplit("/", 1)[-1]

    def hup(self, what):
        """HUP; gives the newest event of this kind."""
        before = len(self.records(what=what))
        self.n_hups += 1
        self.sensor.hup(self.n_hups)
        passive.until(lambda: len(self.records(what=what)) > before, what)
        return self.records(what=what)[-1]


def hup(place):
    live = Live(place, [(17, "one"), (18, "two")])
    try:
        live.send(17)
        assert live.task_of(17) == "one"
        live.write({"broken.json": b'{"tasks": [\n{"taskArn": "cut'})
        event = live.hup("inventory-refused")
        assert "the inventory stays as it was: %s: line 2, column " % place.path("inventory/broken.json") in event["detail"], event
        assert event["severity_label"] == "medium"
        live.send(18)
        assert live.task_of(18) == "two"
        os.unlink(place.path("inventory/broken.json"))
        live.write(live_inventory([(18, "two"), (19, "three")]))
        counters = live.hup("inventory-reloaded")["counters"]
        assert (counters["sessions"], counters["interfaces"], counters["tasks"], counters["left_out"]) == (1, 4, 3, 0), counters
        assert counters["kept"] >= 2, counters                  # the first task, and its interface
        live.send(19)
        assert live.task_of(19) == "three"
        passive.until(lambda: passive.reloads(live.sensor, "inventory") == {"taken": 1, "refused": 1}, "the figures of that")
        live.sensor.stop()
    finally:
        live.sensor.process.kill()
        live.sensor.process.wait()


def broken_start(place):
    place.inventory(dict(live_inventory([]), **{"broken.json": b"["}))
    words = [w for s in (*LISTS, "owner.inventory=" + place.path("inventory"), 'status.listen=""') for w in ("--set", s)]
    done = subprocess.run([place.binary, "-c", "/dev/null", "-i", "udp:127.0.0.1", *words], capture_output=True, text=True, timeout=passive.WAIT_S)
    assert done.returncode == 2 and "broken.json: line 1, column " in done.stderr, (done.returncode, done.stderr)


def comes_and_goes(place):
    """HUP with an inventory where there was none, and with none again."""
    os.chmod(place.where, 0o777)
    sensor = passive.Sensor(place.binary, place.where, ["json:f.json"], [LISTS[1]])
    try:
        place.inventory(live_inventory([(17, "one")]), written_s=time.time())
        for n, (text, want) in enumerate((("[owner]\ninventory = %s\n" % place.path("inventory"), 1), ("", 2)), 1):
            with open(sensor.conf, "w", encoding="utf-8") as f:
                f.write("[output]\nto = json:f.json\n" + text)
            sensor.process.send_signal(signal.SIGHUP)
            passive.until(lambda: sensor.read("f.json").count('"inventory-reloaded"') == want, "an inventory")
            passive.until(lambda: sensor.read("f.json").count('"conf-reloaded"') == n, "a reload")
        assert '"there is no inventory"' in sensor.read("f.json")
        sensor.stop()
    finally:
        sensor.process.kill()
        sensor.process.wait()


def in_folder(binary, do):
    with tempfile.TemporaryDirectory() as where:
        do(Place(where, binary))


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    binary = os.path.abspath(a.parse_args().bin)
    tests = [("a miner in a task behind a mirror session", whole_story), ("the same in every format", every_format),
             ("a lookup alone has an owner too", lookup_alone), ("an address that two tasks had", recycled_address), ("equal addresses in two VPCs", two_networks),
             ("files that are too old", old_files), ("a DNS log", dns_log), ("wrong files", wrong_files), ("too many files, and too large", too_much),
             ("what -T tells", looked_at), ("HUP: a broken inventory leaves the one before", hup),
             ("a start with a broken inventory", broken_start), ("HUP brings an inventory, and takes it away", comes_and_goes)]
    return tap.run([(name, lambda do=do: in_folder(binary, do)) for name, do in tests])


if __name__ == "__main__":
    sys.exit(main())
