#!/usr/bin/env python3
"""packaging/aws/collect-inventory with an AWS CLI and a kubectl that are fakes (tests/aws/); prints TAP.

usage: aws.py --bin PATH/countermine

What it leaves must be what the sensor can read; what fails must leave the files from before.
"""
import argparse
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import tap  # noqa: E402

COLLECT = os.path.join(HERE, "..", "packaging", "aws", "collect-inventory")
OF_REGION = ["ec2-interfaces", "ec2-instances", "ec2-mirror-sessions", "ec2-mirror-filters", "ecs-tasks", "ecs-instances", "ecs-definitions"]


class Place:
    """A folder for documents, and the fakes on the path."""

    def __init__(self, where, binary):
        self.binary, self.dir, self.log = binary, os.path.join(where, "inventory"), os.path.join(where, "log")
        self.tools = os.path.join(where, "tools")
        os.mkdir(self.dir)
        os.mkdir(self.tools)
        os.chmod(where, 0o755)
        with open(os.path.join(self.tools, "systemctl"), "w", encoding="utf-8") as f:
            f.write('#!/bin/sh\necho "[\\"systemctl\\", \\"$1\\", \\"$2\\"]" >>"$FAKE_LOG"\n')
        os.chmod(f.name, 0o755)

    def collect(self, *arguments, status=0, **environment):
        if os.path.exists(self.log):
            os.unlink(self.log)
        path = ":".join([os.path.join(HERE, "aws"), self.tools, os.environ["PATH"]])
        env = dict(os.environ, PATH=path, FAKE_LOG=self.log, PYTHONDONTWRITEBYTECODE="1", **environment)
        done = subprocess.run(["sh", COLLECT, "-d", self.dir, *arguments], env=env, capture_output=True, text=True, stdin=subprocess.DEVNULL)
        assert done.returncode == status, (done.returncode, done.stderr)
        return done.stderr

    def calls(self, *first):
        if not os.path.exists(self.log):
            return []
        with open(self.log, encoding="utf-8") as f:
            return [c for c in map(json.loads, f) if c[:len(first)] == list(first)]

    def files(self):
        return sorted(os.listdir(self.dir))

    def read(self, name):
        with open(os.path.join(self.dir, name), encoding="utf-8") as f:
            return f.read()

    def documents(self, name):
        """A file holds one document after another."""
        text, at, out = self.read(name), 0, []
        while at < len(text.rstrip()):
            one, at = json.JSONDecoder().raw_decode(text, at)
            out.append(one)
            at += len(text[at:]) - len(text[at:].lstrip())
        return out

    def check(self):
        done = subprocess.run([self.binary, "-c", "/dev/null", "--set", "owner.inventory=" + self.dir, "-T"], capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        return done.stdout


def expected(*prefixes):
    return sorted("%s%s.json" % (p, n) for p in prefixes for n in OF_REGION)


def all_of_it(place):
    said = place.collect()
    assert said == "" and place.files() == expected(""), (said, place.files())
    assert all(os.stat(os.path.join(place.dir, n)).st_mode & 0o777 == 0o640 for n in place.files())
    told = place.check()
    assert re.search(r"^inventory: 0 mirror sessions, 0 filters, 1 interface, 0 instances, 6 tasks, 3 task definitions,", told, re.M), told


def in_batches(place):
    place.collect(FAKE_TASKS="250")
    sizes = [len(c) - c.index("--tasks") - 3 for c in place.calls("aws", "ecs", "describe-tasks") if "many" in c[4]]
    assert sizes == [100, 100, 51], sizes
    tasks = [t["taskArn"] for d in place.documents("ecs-tasks.json") for t in d["tasks"]]
    assert len(tasks) == len(set(tasks)) == 253
    instances = [i for d in place.documents("ecs-instances.json") for i in d["containerInstances"]]
    assert len(instances) == 101
    definitions = [c[4] for c in place.calls("aws", "ecs", "describe-task-definition")]
    assert len(definitions) == len(set(definitions)) == 3
    assert "253 tasks, 3 task definitions" in place.check()


def regions(place):
    place.collect("ap-northeast-1", "us-east-1")
    assert place.files() == expected("ap-northeast-1-", "us-east-1-"), place.files()
    assert all(c[c.index("--region") + 1] in ("ap-northeast-1", "us-east-1") for c in place.calls("aws"))
    assert "12 tasks, 6 task definitions" in place.check()


def contexts(place):
    place.collect("-k", "arn:aws:eks:us-east-1:111122223333:cluster/shop", "-k", "-")
    pods = [n for n in place.files() if n.startswith("kubernetes")]
    assert pods == ["kubernetes-arn_aws_eks_us-east-1_111122223333_cluster_shop-nodes.json",
                    "kubernetes-arn_aws_eks_us-east-1_111122223333_cluster_shop-pods.json",
                    "kubernetes-current-nodes.json", "kubernetes-current-pods.json"], pods
    assert [c[1] for c in place.calls("kubectl")] == ["--context", "--context", "get", "get"]
    assert "1 pod, 1 node" in place.check()


def a_call_fails(place):
    place.collect()
    before = {n: os.stat(os.path.join(place.dir, n)).st_ino for n in place.files()}
    for command, stay in (("ec2 describe-instances", {"ec2-instances"}), ("ecs describe-tasks", {"ecs-tasks", "ecs-definitions"}),
                          ("ecs list-clusters", {"ecs-tasks", "ecs-instances", "ecs-definitions"}),
                          ("ecs describe-task-definition", {"ecs-definitions"}), ("ecs list-container-instances", {"ecs-instances"})):
        said = place.collect(status=1, FAKE_FAIL=command)
        assert "aws %s failed" % command in said, said
        now = {n: os.stat(os.path.join(place.dir, n)).st_ino for n in place.files()}
        assert {n[:-5] for n in now if now[n] == before[n]} == stay, (command, now, before)
        assert all("%s.json stays as it was" % n in said for n in stay), said
        assert all('"half"' not in place.read(n) for n in now)
        before = now
    place.check()


def nothing_before(place):
    said = place.collect("-k", "-", status=1, FAKE_FAIL="ecs describe-tasks,kubectl get pods")
    assert "ecs-tasks.json" not in place.files() and "kubernetes-current-pods.json" not in place.files()
    assert "kubernetes-current-nodes.json" in place.files() and "stays" not in said


def reloads(place):
    place.collect("-u", "countermine.service")
    assert place.calls("systemctl") == [["systemctl", "reload", "countermine.service"]]
    place.collect("-u", "countermine.service", status=1, FAKE_FAIL="ecs describe-tasks")
    assert len(place.calls("systemctl")) == 1
    everything = ",".join("ec2 describe-" + n for n in ("network-interfaces", "instances", "traffic-mirror-sessions", "traffic-mirror-filters"))
    place.collect("-u", "countermine.service", status=1, FAKE_FAIL=everything + ",ecs list-clusters")
    assert place.calls("systemctl") == []


def one_at_a_time(place):
    lock = os.path.join(place.dir, ".lock")
    os.mkdir(lock)
    with open(os.path.join(lock, "pid"), "w", encoding="utf-8") as f:
        f.write("%d\n" % os.getpid())
    assert "another one is at work" in place.collect(status=3)
    assert place.calls() == []
    done = subprocess.Popen(["true"])
    done.wait()
    with open(os.path.join(lock, "pid"), "w", encoding="utf-8") as f:
        f.write("%d\n" % done.pid)
    os.mkdir(os.path.join(place.dir, ".work.killed"))
    assert "is gone" in place.collect()
    assert place.files() == expected(""), place.files()


def wrong_usage(place):
    for arguments, status, words in ((["Tokyo"], 2, "no region"), (["--", "-x"], 2, "no region"), (["-z"], 2, "usage:"),
                                     (["-d", "/nonexistent"], 1, "expected a folder")):
        said = place.collect(*arguments, status=status)
        assert words in said, said
    assert place.calls() == [] and place.files() == []


def policy(place):
    """It allows exactly what is called."""
    place.collect("-k", "-")
    called = {"%s:%s" % (c[1], "".join(w.capitalize() for w in c[2].split("-"))) for c in place.calls("aws")}
    with open(os.path.join(os.path.dirname(COLLECT), "iam-policy.json"), encoding="utf-8") as f:
        statements = json.load(f)["Statement"]
    assert len(statements) == 1 and statements[0]["Effect"] == "Allow"
    assert set(statements[0]["Action"]) == called, (statements, called)


def sidecar(place):
    """The task definition has nothing that Fargate refuses, and a command line that the sensor takes."""
    with open(os.path.join(os.path.dirname(COLLECT), "taskdef-sidecar.json"), encoding="utf-8") as f:
        definition = json.load(f)
    assert (definition["networkMode"], definition["pidMode"], definition["requiresCompatibilities"]) == ("awsvpc", "task", ["FARGATE"])
    sensor = next(c for c in definition["containerDefinitions"] if c["name"] == "countermine")
    assert sensor["linuxParameters"]["capabilities"] == {"add": ["SYS_PTRACE"]} and sensor["user"] == "0"
    assert sensor["readonlyRootFilesystem"] and not sensor["essential"]
    done = subprocess.run([place.binary, "-c", "/dev/null", "-T", *sensor["command"]], capture_output=True, text=True)
    assert done.returncode == 0 and "interface: any\n" in done.stdout and "processes: those of this machine are named" in done.stdout, done
    most = re.search(r"^memory: at most (\d+) MiB$", done.stdout, re.M)
    assert int(most.group(1)) < int(definition["memory"]), done.stdout


def in_folder(binary, do):
    with tempfile.TemporaryDirectory() as where:
        do(Place(where, binary))


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    binary = os.path.abspath(a.parse_args().bin)
    tests = [("all documents are collected, and the sensor reads them", all_of_it), ("names are asked for in batches", in_batches),
             ("regions have files of their own", regions), ("so have contexts of kubectl", contexts),
             ("what fails leaves the file from before", a_call_fails), ("and no half where there was none", nothing_before),
             ("the sensor is told when something was written", reloads), ("one is at work at a time", one_at_a_time),
             ("wrong usage", wrong_usage), ("the policy allows what is called, and no more", policy),
             ("a task definition has the sensor beside a container", sidecar)]
    return tap.run([(name, lambda do=do: in_folder(binary, do)) for name, do in tests])


if __name__ == "__main__":
    sys.exit(main())
