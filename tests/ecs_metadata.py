#!/usr/bin/env python3
"""The task metadata endpoint of ECS, played by a server on loopback: what a live run learns from it; prints TAP.

usage: ecs_metadata.py --bin PATH/countermine

Most cases mirror a capture to a UDP socket on loopback, which needs no privilege; there the miner's packets come through a
tunnel, so that the sensor's own task is only a candidate. With root the last case has packets of an interface, as a sidecar has.
"""
import argparse
import copy
import http.server
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import threading

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import passive  # noqa: E402

VARIABLE = "ECS_CONTAINER_METADATA_URI_V4"
MINER = "10.0.3.17"  # of the captures cn-vxlan and cn-plain
ARN = "arn:aws:ecs:us-west-2:111122223333:task/web/0123456789abcdef0123456789abcdef"
CONTAINER = "0123456789abcdef0123456789abcdef-2495160603"
IMAGE = "111122223333.dkr.ecr.us-west-2.amazonaws.com/web:latest"
DIGEST = "sha256:" + "25f3" * 16
TASK = {
    "Cluster": "arn:aws:ecs:us-west-2:111122223333:cluster/web", "ServiceName": "web", "TaskARN": ARN, "Family": "web", "Revision": "7",
    "DesiredStatus": "RUNNING", "KnownStatus": "RUNNING", "Limits": {"CPU": 0.25, "Memory": 512}, "PullStartedAt": "2020-10-08T20:47:16Z",
    "PullStoppedAt": "2020-10-08T20:47:19.5Z", "AvailabilityZone": "us-west-2a", "LaunchType": "FARGATE",
    "Containers": [{"DockerId": CONTAINER, "Name": "app", "DockerName": "app", "Image": IMAGE, "ImageID": DIGEST, "Labels": {},
                    "DesiredStatus": "RUNNING", "KnownStatus": "RUNNING", "CreatedAt": "2020-10-08T20:47:20Z", "Type": "NORMAL",
                    "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": [MINER], "AttachmentIndex": 0}]}],
}
TAGS = {"TaskTags": {"team": "shop"}}
SILENT_S = 30  # longer than the sensor waits


class Endpoint:
    """answers: last word of the path -> all bytes of the answer; None is silence, and what is not there is a 404."""

    def __init__(self):
        outer, self.asked, self.answers, self.over = self, [], {}, threading.Event()

        class Handler(http.server.BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self):
                name = self.path.rsplit("/", 1)[-1]
                outer.asked.append(self.path)
                answer = outer.answers.get(name, reply(404, b"nobody"))
                self.close_connection = True
                if answer is None:
                    outer.over.wait(SILENT_S)
                    return
                try:
                    self.wfile.write(answer)
                except OSError:
                    pass  # the sensor had enough

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.uri = "http://127.0.0.1:%d/v4/abc-2495160603" % self.server.server_address[1]

    def close(self):
        self.over.set()
        self.server.shutdown()
        self.server.server_close()


def reply(status, body, *head):
    lines = ["HTTP/1.1 %d Word" % status, "Content-Type: application/json", *(head or ["Content-Length: %d" % len(body)])]
    return ("\r\n".join(lines) + "\r\n\r\n").encode() + body


def chunked(body, size=100, end=True):
    parts = b"".join(b"%x\r\n%s\r\n" % (len(body[i:i + size]), body[i:i + size]) for i in range(0, len(body), size))
    return reply(200, parts + (b"0\r\n\r\n" if end else b""), "Transfer-Encoding: chunked")


def task(**changes):
    return json.dumps({**copy.deepcopy(TASK), **changes}).encode()


WITH_TAGS, PLAIN = reply(200, task(**TAGS)), reply(200, task())
BROKEN = {"chunked and cut": chunked(task(), end=False), "cut": reply(200, task()[:300], "Content-Length: %d" % len(task())),
          "huge": reply(200, b" " * (2 << 20)), "garbage": reply(200, b"\0\xff<html>"), "no HTTP": b"\0\1\2\3 garbage\r\n\r\n",
          "redirected": reply(302, b"", "Location: http://192.0.2.1/", "Content-Length: 0"), "empty": reply(200, b""),
          "no task": reply(200, b'{"Containers":[]}')}


class Run:
    """A sensor beside an endpoint; `with` ends both."""

    def __init__(self, binary, endpoint, *settings, uri=None):
        self.where = tempfile.TemporaryDirectory()
        os.environ[VARIABLE] = uri or endpoint.uri
        self.sensor = passive.Sensor(binary, self.where.name, ["json:f.json"], ["output.max_rate=unlimited", *settings])

    def __enter__(self):
        return self

    def __exit__(self, kind, *_):
        if self.sensor.process.poll() is None:
            self.sensor.process.kill()
            self.sensor.process.wait()
        self.where.cleanup()

    def mine(self):
        packets = passive.wire.read_file(os.path.join(HERE, "golden", "cn-vxlan", "input.pcap"))
        self.sensor.send([p.data[passive.UDP_PAYLOAD:] for p in packets])
        passive.until(lambda: '"kind":"mining"' in self.sensor.read("f.json"), "a finding")

    def said(self):
        return self.sensor.read("err")

    def owner(self):
        """Of the last record, after the end; None when it has none."""
        self.sensor.stop()
        found = [json.loads(line) for line in self.sensor.read("f.json").splitlines()]
        return [f for f in found if f.get("kind") == "mining"][-1]["miner"].get("owner")


def check_owner(owner, revision="7", tags=True, candidate=True):
    assert owner and owner["source"] == "ecs-metadata" and owner["candidate"] == candidate, owner
    aws, ecs = owner["aws"], owner["aws"]["ecs"]
    assert aws["account"] == "111122223333" and aws["region"] == "us-west-2", aws
    assert ecs["cluster"] == "web" and ecs["task"] == ARN and ecs["task_definition"] == "web:" + revision, ecs
    assert ecs["group"] == "service:web" and ecs["launch_type"] == "FARGATE", ecs
    assert (ecs["container"], ecs["image"], ecs["image_digest"], ecs["container_id"]) == ("app", IMAGE, DIGEST, CONTAINER), ecs
    assert (aws.get("tags") == [{"key": "team", "value": "shop"}]) == tags, aws


class Tests:
    def __init__(self, binary):
        self.binary = binary

    def known(self, endpoint, answers, asked, tags):
        endpoint.answers = answers
        with Run(self.binary, endpoint) as run:
            run.mine()
            check_owner(run.owner(), tags=tags)
            assert [a.rsplit("/", 1)[-1] for a in endpoint.asked] == asked, endpoint.asked
            assert "owner.ecs_metadata" not in run.said(), run.said()

    def unknown(self, endpoint, answers, words, *settings, uri=None):
        endpoint.answers = answers
        with Run(self.binary, endpoint, *settings, uri=uri) as run:
            run.mine()
            assert run.owner() is None
            if words:
                assert words in run.said(), run.said()
            else:
                assert "ecs_metadata" not in run.said() and VARIABLE not in run.said(), run.said()

    def with_tags(self, endpoint):
        self.known(endpoint, {"taskWithTags": WITH_TAGS, "task": PLAIN}, ["taskWithTags"], True)

    def in_chunks(self, endpoint):
        self.known(endpoint, {"taskWithTags": chunked(task(**TAGS)), "task": PLAIN}, ["taskWithTags"], True)

    def without_tags(self, endpoint):
        self.known(endpoint, {"task": PLAIN}, ["taskWithTags", "task"], False)

    def slow(self, endpoint):
        self.known(endpoint, {"taskWithTags": None, "task": PLAIN}, ["taskWithTags", "task"], False)

    def again(self, endpoint):
        for name, answer in BROKEN.items():
            endpoint.asked.clear()
            try:
                self.known(endpoint, {"taskWithTags": answer, "task": PLAIN}, ["taskWithTags", "task"], False)
            except AssertionError as e:
                raise AssertionError("%s: %s" % (name, e)) from e

    def broken(self, endpoint):
        for name, words in (("cut", "ended in the middle"), ("huge", "more than 1048576 bytes"), ("garbage", "no description of a task: line 1"),
                            ("no HTTP", "is no HTTP"), ("redirected", "answered with status 302"), ("no task", "no description of a task")):
            self.unknown(endpoint, {"taskWithTags": BROKEN[name], "task": BROKEN[name]}, words)

    def silent(self, endpoint):
        self.unknown(endpoint, {"taskWithTags": None, "task": None}, "/task: no answer in 2 s; findings do not say which task")
        assert len(endpoint.asked) == 3, endpoint.asked

    def off(self, endpoint):
        self.unknown(endpoint, {"taskWithTags": WITH_TAGS}, None, "owner.ecs_metadata=no")
        assert not endpoint.asked, endpoint.asked

    def elsewhere(self, endpoint):
        for uri in ("http://pool.example/v4/x", "http://192.0.2.1/v4/x", "https://127.0.0.1/v4/x"):
            self.unknown(endpoint, {}, "%s: `%s': expected " % (VARIABLE, uri), uri=uri)

    def hup(self, endpoint):
        endpoint.answers = {"taskWithTags": WITH_TAGS}
        with Run(self.binary, endpoint) as run:
            run.mine()
            endpoint.answers = {"task": reply(200, task(Revision="8", **TAGS))}
            run.sensor.hup(1)
            check_owner(run.owner(), revision="8")

    def hup_keeps(self, endpoint):
        """What is broken leaves what was told before."""
        endpoint.answers = {"taskWithTags": WITH_TAGS}
        with Run(self.binary, endpoint) as run:
            run.mine()
            endpoint.answers = {}
            run.sensor.hup(1)
            check_owner(run.owner())
            assert "answered with status 404" in run.said(), run.said()


def sidecar(binary):
    """In a network namespace: the endpoint on its loopback, and the miner's packets on an interface."""
    for command in ("ip link set lo up", "ip link add cap0 type veth peer name gen0", "ip link set cap0 arp off", "ip link set gen0 arp off",
                    "ip link set cap0 up", "ip link set gen0 up"):
        subprocess.run(command.split(), check=True)
    endpoint = Endpoint()
    endpoint.answers = {"taskWithTags": WITH_TAGS}
    os.environ[VARIABLE] = endpoint.uri
    with tempfile.TemporaryDirectory() as where:
        os.chmod(where, 0o777)
        out, err = os.path.join(where, "f.json"), os.path.join(where, "err")
        with open(err, "w", encoding="utf-8") as e:
            # libpcap keeps memory of an open interface, and the parent ends with it.
            env = dict(os.environ, ASAN_OPTIONS="%s:detect_leaks=0" % os.environ.get("ASAN_OPTIONS", ""))
            p = subprocess.Popen([binary, "-c", "/dev/null", "-i", "cap0", "-o", "json:" + out, "--set", "status.listen=\"\"", "--set",
                                  "capture.workers=1"], stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=e, cwd=where,
                                 env=env)

            def text():
                try:
                    with open(out, encoding="utf-8") as f:
                        return f.read()
                except FileNotFoundError:
                    return ""
            try:
                passive.until(lambda: '"what":"started"' in text(), "a start")
                with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as s:
                    s.bind(("gen0", 0))
                    for packet in passive.wire.read_file(os.path.join(HERE, "golden", "cn-plain", "input.pcap")):
                        s.send(packet.data)
                passive.until(lambda: '"kind":"mining"' in text(), "a finding")
            finally:
                p.send_signal(signal.SIGTERM)
                status = p.wait(passive.WAIT_S)
        endpoint.close()
        with open(err, encoding="utf-8") as e:
            assert status == 0, e.read()
        found = [json.loads(line) for line in text().splitlines()]
        check_owner([f for f in found if f.get("kind") == "mining"][-1]["miner"]["owner"], candidate=False)


def run_sidecar(binary):
    done = subprocess.run(["unshare", "-n", sys.executable, os.path.abspath(__file__), "--bin", binary, "--sidecar"], capture_output=True,
                          text=True, check=False)
    assert done.returncode == 0, done.stderr[-1500:]


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    a.add_argument("--sidecar", action="store_true", help=argparse.SUPPRESS)
    args = a.parse_args()
    binary = os.path.abspath(args.bin)
    if args.sidecar:
        sidecar(binary)
        return 0
    t = Tests(binary)
    tests = [("the task with its tags", t.with_tags), ("an answer in chunks", t.in_chunks), ("the task alone, where tags are refused", t.without_tags),
             ("the task alone, where tags take too long", t.slow), ("the task alone, where the first answer is broken", t.again),
             ("broken answers are warned of", t.broken), ("silence is warned of", t.silent), ("owner.ecs_metadata = no asks nobody", t.off),
             ("whoever is further away is not asked", t.elsewhere), ("HUP asks anew", t.hup), ("HUP keeps what was told", t.hup_keeps)]
    print("1..%d" % (len(tests) + 1))
    failed = 0
    for number, (name, do) in enumerate(tests + [("a sidecar knows its own task", None)], 1):
        complaint, skip = None, ""
        try:
            if do:
                endpoint = Endpoint()
                do(endpoint)
                endpoint.close()
            elif os.geteuid() == 0:
                run_sidecar(binary)
            else:
                skip = " # SKIP needs root"
        except Exception as e:  # noqa: BLE001: each is a failed test
            complaint = "%s: %s" % (type(e).__name__, e)
        failed += complaint is not None
        print("%s %d - %s%s" % ("not ok" if complaint else "ok", number, name, skip))
        if complaint:
            print("# " + complaint.replace("\n", "\n# ")[:2000])
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
