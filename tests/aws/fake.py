"""What a fake `aws' and a fake `kubectl' answer. The two programs beside this file call main().

The environment says what there is: FAKE_LOG, a file that each call is added to, as a line of JSON; FAKE_FAIL, commands that fail, with
commas between ("ecs describe-tasks"); FAKE_TASKS, how many tasks there are in the cluster `many'. A call that the true program would
refuse ends with status 252, as there. Answers are as the AWS CLI version 2 prints them: every page, indented.
"""
import json
import os
import sys

ACCOUNT, REGION = "111122223333", "ap-northeast-1"
ARN = "arn:aws:ecs:%s:" + ACCOUNT + ":%s"
BATCH = 100

# Options of each command, and how many values each takes: None is any number.
COMMON = {"--region": 1, "--output": 1, "--query": 1}
CALLS = {
    ("ec2", "describe-network-interfaces"): {}, ("ec2", "describe-instances"): {},
    ("ec2", "describe-traffic-mirror-sessions"): {}, ("ec2", "describe-traffic-mirror-filters"): {},
    ("ecs", "list-clusters"): {}, ("ecs", "list-tasks"): {"--cluster": 1, "--desired-status": 1},
    ("ecs", "describe-tasks"): {"--cluster": 1, "--include": 1, "--tasks": None},
    ("ecs", "list-container-instances"): {"--cluster": 1},
    ("ecs", "describe-container-instances"): {"--cluster": 1, "--container-instances": None},
    ("ecs", "describe-task-definition"): {"--task-definition": 1, "--include": 1},
}


def refuse(text):
    print("fake: " + text, file=sys.stderr)
    sys.exit(252)


def read_options(words, known):
    options, name = {}, None
    for word in words:
        if word.startswith("--"):
            if word not in known or word in options:
                refuse("option %s" % word)
            name, options[word] = word, []
        elif name is None:
            refuse("what is `%s'?" % word)
        else:
            options[name].append(word)
    for name, values in options.items():
        if (known[name] is None and not values) or (known[name] is not None and len(values) != known[name]):
            refuse("%s has %d values" % (name, len(values)))
    return options


def arn(region, what):
    return ARN % (region, what)


def address(i):
    return "10.0.%d.%d" % (100 + i // 250, 1 + i % 250)


def task(region, cluster, i, stopped=False):
    """Tasks of every third definition; the one of cluster `demo' is that of the scenario in tests/owner.py."""
    eni = "eni-%017x" % (i + (0x5000 if stopped else 0x1000))
    name = "%032x" % (i + (0x5000 if stopped else 0))
    out = {"taskArn": arn(region, "task/%s/%s" % (cluster, name)), "clusterArn": arn(region, "cluster/" + cluster),
           "taskDefinitionArn": arn(region, "task-definition/web:%d" % (i % 3 + 1)), "group": "service:web", "launchType": "FARGATE",
           "lastStatus": "STOPPED" if stopped else "RUNNING", "createdAt": "2026-11-23T09:00:00+09:00",
           "startedAt": "2026-11-23T09:00:20+09:00",
           "attachments": [{"id": "att-%d" % i, "type": "ElasticNetworkInterface", "status": "ATTACHED",
                            "details": [{"name": "networkInterfaceId", "value": eni}, {"name": "privateIPv4Address", "value": address(i)}]}],
           "containers": [{"name": "web", "image": ACCOUNT + ".dkr.ecr.%s.amazonaws.com/web:1" % region, "imageDigest": "sha256:" + "ab" * 32,
                           "runtimeId": "%s-%d" % (name, i)}], "tags": []}
    if stopped:
        out["stoppedAt"] = "2026-11-23T10:00:00+09:00"
    return out


def n_tasks(cluster):
    return int(os.environ.get("FAKE_TASKS", "3")) if cluster == "many" else 1


def listed_tasks(region, cluster, stopped):
    return [task(region, cluster, i, stopped) for i in range(1 if stopped else n_tasks(cluster))]


def list_answer(options, key, names):
    if options.get("--query") != [key + "[]"] or options["--output"] != ["text"]:
        refuse("--query %s --output %s" % (options.get("--query"), options["--output"]))
    print("\t".join(names) if names else "None")


def describe_tasks(region, options):
    cluster = options["--cluster"][0].rsplit("/", 1)[1]
    known = {t["taskArn"]: t for stopped in (False, True) for t in listed_tasks(region, cluster, stopped)}
    if len(options["--tasks"]) > BATCH or options["--include"] != ["TAGS"]:
        refuse("at most %d tasks, with tags" % BATCH)
    return {"tasks": [known[a] for a in options["--tasks"]], "failures": []}


def describe_instances(region, options):
    if len(options["--container-instances"]) > BATCH:
        refuse("at most %d instances" % BATCH)
    return {"containerInstances": [{"containerInstanceArn": a, "ec2InstanceId": "i-%017x" % i}
                                   for i, a in enumerate(options["--container-instances"])], "failures": []}


def definition(region, options):
    name = options["--task-definition"][0].rsplit("/", 1)[1]
    family, revision = name.split(":")
    return {"taskDefinition": {"taskDefinitionArn": arn(region, "task-definition/" + name), "family": family, "revision": int(revision),
                               "networkMode": "awsvpc", "containerDefinitions": [{"name": "web", "image": "web:1", "essential": True}]},
            "tags": []}


def ec2(region, command):
    eni = {"NetworkInterfaceId": "eni-%017x" % 0x1000, "InterfaceType": "interface", "PrivateIpAddress": address(0),
           "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address(0)}], "VpcId": "vpc-0a", "SubnetId": "subnet-0a",
           "AvailabilityZone": region + "a", "OwnerId": ACCOUNT, "Status": "in-use", "TagSet": []}
    return {"describe-network-interfaces": {"NetworkInterfaces": [eni]}, "describe-instances": {"Reservations": []},
            "describe-traffic-mirror-sessions": {"TrafficMirrorSessions": []},
            "describe-traffic-mirror-filters": {"TrafficMirrorFilters": []}}[command]


def answer(service, command, region, options):
    cluster = options.get("--cluster", ["/"])[0].rsplit("/", 1)[1]
    if command == "list-clusters":
        return list_answer(options, "clusterArns", [arn(region, "cluster/demo"), arn(region, "cluster/many")])
    if command == "list-tasks":
        stopped = options.get("--desired-status") == ["STOPPED"]
        return list_answer(options, "taskArns", [t["taskArn"] for t in listed_tasks(region, cluster, stopped)])
    if command == "list-container-instances":
        n = 101 if cluster == "many" else 0
        return list_answer(options, "containerInstanceArns", [arn(region, "container-instance/many/%d" % i) for i in range(n)])
    if options["--output"] != ["json"]:
        refuse("--output %s" % options["--output"])
    got = ec2(region, command) if service == "ec2" else {"describe-tasks": describe_tasks, "describe-task-definition": definition,
                                                         "describe-container-instances": describe_instances}[command](region, options)
    print(json.dumps(got, indent=4))
    return None


def log_call(words):
    with open(os.environ["FAKE_LOG"], "a", encoding="utf-8") as f:
        f.write(json.dumps(words) + "\n")


def fails(command):
    if command in os.environ.get("FAKE_FAIL", "").split(","):
        print('{"half": [', end="")
        sys.stdout.flush()
        print("fake: %s fails" % command, file=sys.stderr)
        sys.exit(255)


def aws(words):
    log_call(["aws"] + words)
    if tuple(words[:2]) not in CALLS or os.environ.get("AWS_PAGER") != "":
        refuse("%s, or a pager" % " ".join(words[:2]))
    options = read_options(words[2:], dict(COMMON, **CALLS[tuple(words[:2])]))
    fails(" ".join(words[:2]))
    answer(words[0], words[1], options.get("--region", [REGION])[0], options)


def kubectl(words):
    log_call(["kubectl"] + words)
    context = words[1] if words[:1] == ["--context"] else None
    rest = words[2:] if context else words
    if len(rest) != 5 or rest[0] != "get" or rest[2:] != ["--all-namespaces", "--output", "json"]:
        refuse("kubectl %s" % " ".join(words))
    fails("kubectl get " + rest[1])
    pod = {"kind": "Pod", "metadata": {"name": "web-1", "namespace": "shop", "uid": "0d5c"},
           "spec": {"nodeName": "node-1", "containers": [{"name": "web", "image": "web:1"}]}, "status": {"phase": "Running", "podIP": "10.9.0.7"}}
    node = {"kind": "Node", "metadata": {"name": "node-1"}, "spec": {"providerID": "aws:///ap-northeast-1a/i-0a"},
            "status": {"addresses": [{"type": "InternalIP", "address": "10.9.0.1"}]}}
    items = {"pods": [pod], "nodes": [node]}[rest[1]]
    print(json.dumps({"apiVersion": "v1", "kind": "List", "items": items}, indent=4))


def main():
    {"aws": aws, "kubectl": kubectl}[os.path.basename(sys.argv[0])](sys.argv[1:])
