#!/usr/bin/env python3
"""Writes the documents of tests/inventory: what the AWS CLI, kubectl and the ECS task metadata endpoint print of a small account.

usage: make.py [FOLDER]     default: where this script lies

Two VPCs have the same addresses. In vpc-0a a Fargate task is followed by another at the same address (10.0.3.17), a cluster of ECS
runs tasks in bridge mode on an instance (10.0.3.40), and a cluster of Kubernetes has a node (10.0.3.50) with pods on a second address
and a prefix. In vpc-0b an instance has 10.0.3.17. Mirror sessions show all of them but the last interface of the node.

The shapes are those of the API references; accounts, names and addresses are examples. cli-1 holds the tasks as version 1 of the AWS CLI
prints them, with times as numbers.
"""
import datetime
import json
import os
import sys

ACCOUNT, REGION = "111122223333", "us-east-1"
DAY = "2026-11-23T"


def when(clock):
    return DAY + clock + "+00:00"


def arn(what):
    return "arn:aws:ecs:%s:%s:%s" % (REGION, ACCOUNT, what)


def interface(name, vpc, address, clock, instance=None, attachment=None, addresses=(), v6=(), prefixes=(), index=0, name_tag=None):
    attached = {"AttachTime": when(clock).replace("+00:00", ".000Z"), "AttachmentId": "eni-attach-" + name[4:], "DeleteOnTermination": True,
                "DeviceIndex": index, "InstanceOwnerId": ACCOUNT, "Status": "attached"}
    if instance:
        attached["InstanceId"] = instance
    return {
        "Attachment": attached, "AvailabilityZone": REGION + "a", "Description": arn("attachment/" + attachment) if attachment else "",
        "Groups": [{"GroupName": "default", "GroupId": "sg-0123"}], "InterfaceType": "interface",
        "Ipv6Addresses": [{"Ipv6Address": a} for a in v6], "MacAddress": "02:2f:8f:b0:cf:75", "NetworkInterfaceId": name,
        "OwnerId": ACCOUNT, "PrivateIpAddress": address,
        "PrivateIpAddresses": [{"Primary": i == 0, "PrivateIpAddress": a} for i, a in enumerate([address, *addresses])],
        "Ipv4Prefixes": [{"Ipv4Prefix": p} for p in prefixes], "RequesterManaged": bool(attachment), "SourceDestCheck": True,
        "Status": "in-use", "SubnetId": "subnet-" + vpc[4:], "TagSet": [{"Key": "Name", "Value": name_tag}] if name_tag else [], "VpcId": vpc,
    }


def interfaces():
    return {"NetworkInterfaces": [
        interface("eni-0a17", "vpc-0a", "10.0.3.17", "10:05:20", attachment="at-2"),
        interface("eni-0a40", "vpc-0a", "10.0.3.40", "08:00:00", instance="i-0a40"),
        interface("eni-0a50", "vpc-0a", "10.0.3.50", "08:00:00", instance="i-0a50", addresses=["10.0.3.51"], prefixes=["10.0.3.64/28"],
                  v6=["2001:db8:0:a::50"]),
        interface("eni-0a60", "vpc-0a", "10.0.3.60", "08:00:10", instance="i-0a50", index=1),
        interface("eni-0b17", "vpc-0b", "10.0.3.17", "08:00:00", instance="i-0b17", name_tag="database"),
    ]}


def sessions():
    rows = [("tms-0a17", "eni-0a17", 77, "tmf-dns"), ("tms-0a40", "eni-0a40", 78, "tmf-dns"), ("tms-0a50", "eni-0a50", 79, "tmf-dns"),
            ("tms-0b17", "eni-0b17", 80, "tmf-blind")]
    return {"TrafficMirrorSessions": [
        {"TrafficMirrorSessionId": s, "TrafficMirrorTargetId": "tmt-01", "TrafficMirrorFilterId": f, "NetworkInterfaceId": i, "OwnerId": ACCOUNT,
         "PacketLength": 1500, "SessionNumber": 1, "VirtualNetworkId": vni, "Description": "", "Tags": []} for s, i, vni, f in rows]}


def filters():
    rule = {"TrafficMirrorFilterRuleId": "tmfr-01", "TrafficMirrorFilterId": "tmf-dns", "TrafficDirection": "ingress", "RuleNumber": 100,
            "RuleAction": "accept", "Protocol": 6, "DestinationCidrBlock": "0.0.0.0/0", "SourceCidrBlock": "0.0.0.0/0"}
    return {"TrafficMirrorFilters": [
        {"TrafficMirrorFilterId": "tmf-dns", "IngressFilterRules": [rule], "EgressFilterRules": [], "NetworkServices": ["amazon-dns"], "Tags": []},
        {"TrafficMirrorFilterId": "tmf-blind", "IngressFilterRules": [], "EgressFilterRules": [], "NetworkServices": [], "Tags": []}]}


def targets():
    return {"TrafficMirrorTargets": [{"TrafficMirrorTargetId": "tmt-01", "NetworkInterfaceId": "eni-0c01", "Type": "network-interface",
                                      "OwnerId": ACCOUNT, "Tags": []}]}


def instance(name, vpc, address, kind, tags):
    return {"InstanceId": name, "ImageId": "ami-0abc", "InstanceType": kind, "LaunchTime": when("08:00:00"), "PrivateIpAddress": address,
            "SubnetId": "subnet-" + vpc[4:], "VpcId": vpc, "State": {"Code": 16, "Name": "running"}, "Placement": {"AvailabilityZone": REGION + "a"},
            "IamInstanceProfile": {"Arn": "arn:aws:iam::%s:instance-profile/app" % ACCOUNT}, "Tags": [{"Key": k, "Value": v} for k, v in tags],
            "NetworkInterfaces": [{"NetworkInterfaceId": "eni-" + name[2:], "PrivateIpAddress": address, "VpcId": vpc, "SubnetId": "subnet-" + vpc[4:],
                                   "OwnerId": ACCOUNT, "Status": "in-use", "PrivateIpAddresses": [{"Primary": True, "PrivateIpAddress": address}],
                                   "Attachment": {"AttachTime": when("08:00:00"), "DeviceIndex": 0, "Status": "attached"}}]}


def instances():
    rows = [instance("i-0a40", "vpc-0a", "10.0.3.40", "m5.large", [("Name", "ecs-1")]),
            instance("i-0a50", "vpc-0a", "10.0.3.50", "m6i.xlarge", [("Name", "node-1"), ("eks:cluster-name", "prod")]),
            instance("i-0b17", "vpc-0b", "10.0.3.17", "r5.large", [("Name", "database"), ("team", "data")])]
    return {"Reservations": [{"ReservationId": "r-%d" % i, "OwnerId": ACCOUNT, "Groups": [], "Instances": [row]} for i, row in enumerate(rows)]}


def container(name, image, digest, address=None):
    c = {"containerArn": arn("container/shop/" + name), "name": name, "image": image, "imageDigest": digest, "runtimeId": name + "-2531612879",
         "lastStatus": "RUNNING", "networkBindings": [], "networkInterfaces": []}
    if address:
        c["networkInterfaces"] = [{"attachmentId": "x", "privateIpv4Address": address}]
    return c


def fargate(name, definition, group, attachment, eni, created, started, containers, stopped=None):
    task = {"attachments": [{"id": attachment, "type": "ElasticNetworkInterface", "status": "ATTACHED", "details": [
        {"name": "subnetId", "value": "subnet-0a"}, {"name": "networkInterfaceId", "value": eni}, {"name": "macAddress", "value": "0a:90:09:84:f9:14"},
        {"name": "privateDnsName", "value": "ip-10-0-3-17.ec2.internal"}, {"name": "privateIPv4Address", "value": "10.0.3.17"}]}],
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}], "clusterArn": arn("cluster/shop"), "connectivity": "CONNECTED",
        "containers": containers, "createdAt": when(created), "group": group, "lastStatus": "STOPPED" if stopped else "RUNNING", "launchType": "FARGATE",
        "platformVersion": "1.4.0", "pullStartedAt": when(started), "startedAt": when(started), "startedBy": "ecs-svc/9", "tags": [
            {"key": "team", "value": group.split(":")[1]}], "taskArn": arn("task/shop/" + name), "taskDefinitionArn": arn("task-definition/" + definition),
        "version": 4}
    if stopped:
        task["stoppedAt"] = when(stopped)
    return task


def bridge(name, definition, containers, stopped=None):
    task = {"attachments": [], "clusterArn": arn("cluster/shop"), "containerInstanceArn": arn("container-instance/shop/c1"), "containers": containers,
            "createdAt": when("09:00:00"), "group": "family:" + definition.split(":")[0], "lastStatus": "RUNNING", "launchType": "EC2", "tags": [],
            "taskArn": arn("task/shop/" + name), "taskDefinitionArn": arn("task-definition/" + definition)}
    if stopped:
        task["stoppedAt"] = when(stopped)
    return task


def tasks():
    repository = ACCOUNT + ".dkr.ecr.us-east-1.amazonaws.com/"
    return {"tasks": [
        fargate("1111", "web:7", "service:web", "at-1", "eni-0a16", "09:55:00", "09:55:30",
                [container("web", repository + "web:7", "sha256:" + "11" * 32, "10.0.3.17")], stopped="10:05:10"),
        fargate("2222", "batch:3", "service:batch", "at-2", "eni-0a17", "10:05:00", "10:05:40",
                [container("batch", repository + "batch:3", "sha256:" + "22" * 32, "10.0.3.17"),
                 container("proxy", repository + "envoy:1", "sha256:" + "33" * 32, "10.0.3.17")]),
        bridge("3333", "worker:1", [container("worker", repository + "worker:1", "sha256:" + "44" * 32)]),
        bridge("4444", "cron:9", [container("cron", repository + "cron:9", "sha256:" + "55" * 32)], stopped="10:00:00"),
    ], "failures": []}


def numbers(value):
    """The same as version 1 of the AWS CLI prints it: times of ECS are seconds."""
    if isinstance(value, dict):
        return {k: numbers(v) for k, v in value.items()}
    if isinstance(value, list):
        return [numbers(v) for v in value]
    if isinstance(value, str) and value.startswith(DAY):
        return datetime.datetime.fromisoformat(value).timestamp() + 0.25
    return value


def definition():
    return {"taskDefinition": {"taskDefinitionArn": arn("task-definition/worker:1"), "family": "worker", "revision": 1, "networkMode": "bridge",
                               "containerDefinitions": [{"name": "worker", "image": "worker:1", "essential": True, "command": ["run"]}],
                               "status": "ACTIVE", "compatibilities": ["EC2"]}, "tags": []}


def machines():
    return {"containerInstances": [{"containerInstanceArn": arn("container-instance/shop/c1"), "ec2InstanceId": "i-0a40", "status": "ACTIVE",
                                    "runningTasksCount": 2, "tags": []}], "failures": []}


def pod(name, namespace, address, node="ip-10-0-3-50.ec2.internal", host=False, start="09:00:00", owner=None):
    meta = {"name": name, "namespace": namespace, "uid": "0d5f4f8e-0000-4000-8000-%012x" % sum(name.encode()), "labels": {"app": name},
            "creationTimestamp": DAY + start + "Z"}
    if owner:
        meta["ownerReferences"] = [{"apiVersion": "apps/v1", "kind": owner[0], "name": owner[1], "controller": True, "uid": "1"}]
    spec = {"nodeName": node, "serviceAccountName": "default", "containers": [{"name": name, "image": "example.com/%s:1" % name}]}
    if host:
        spec["hostNetwork"] = True
    return {"apiVersion": "v1", "kind": "Pod", "metadata": meta, "spec": spec, "status": {
        "phase": "Running", "hostIP": "10.0.3.50", "podIP": address, "podIPs": [{"ip": address}], "startTime": DAY + start + "Z",
        "containerStatuses": [{"name": name, "image": "example.com/%s:1" % name, "imageID": "example.com/%s@sha256:%s" % (name, "66" * 32),
                               "containerID": "containerd://" + ("%02x" % (sum(name.encode()) % 256)) * 32, "ready": True,
                               "state": {"running": {"startedAt": DAY + start + "Z"}}}]}}


def pods():
    return {"apiVersion": "v1", "items": [
        pod("kube-proxy-1", "kube-system", "10.0.3.50", host=True, owner=("DaemonSet", "kube-proxy")),
        pod("cart-5d", "shop", "10.0.3.51", owner=("ReplicaSet", "cart-5d")), pod("mail-0", "shop", "10.0.3.66", owner=("StatefulSet", "mail"))],
        "kind": "List", "metadata": {"resourceVersion": ""}}


def nodes():
    return {"apiVersion": "v1", "items": [{"apiVersion": "v1", "kind": "Node", "metadata": {"name": "ip-10-0-3-50.ec2.internal", "uid": "n1"},
            "spec": {"providerID": "aws:///us-east-1a/i-0a50"}, "status": {"addresses": [
                {"address": "10.0.3.50", "type": "InternalIP"}, {"address": "ip-10-0-3-50.ec2.internal", "type": "Hostname"}]}}],
            "kind": "List", "metadata": {}}


def metadata():
    image = ACCOUNT + ".dkr.ecr.us-east-1.amazonaws.com/curltest:latest"
    network = {"NetworkMode": "awsvpc", "IPv4Addresses": ["192.0.2.3"], "MACAddress": "0a:de:f6:10:51:e5", "AttachmentIndex": 0,
               "PrivateDNSName": "ip-192-0-2-3.ec2.internal", "SubnetGatewayIpv4Address": "192.0.2.1/24"}
    return {"Cluster": arn("cluster/default"), "ServiceName": "MyService", "TaskARN": arn("task/default/cd189a93"), "Family": "curltest",
            "Revision": "2", "DesiredStatus": "RUNNING", "KnownStatus": "RUNNING", "Limits": {"CPU": 0.25, "Memory": 512},
            "PullStartedAt": DAY + "09:47:16Z", "PullStoppedAt": DAY + "09:47:19Z", "AvailabilityZone": "us-east-1a", "LaunchType": "FARGATE",
            "TaskTags": {"team": "edge"}, "Containers": [
                {"DockerId": "cd189a93-2495160603", "Name": "curl", "DockerName": "curl", "Image": image, "ImageID": "sha256:" + "25" * 32,
                 "Labels": {"com.amazonaws.ecs.container-name": "curl"}, "DesiredStatus": "RUNNING", "KnownStatus": "RUNNING",
                 "CreatedAt": DAY + "09:47:20Z", "StartedAt": DAY + "09:47:20Z", "Type": "NORMAL", "Networks": [network]}]}


DOCUMENTS = {
    "network-interfaces": interfaces, "mirror-sessions": sessions, "mirror-filters": filters, "mirror-targets": targets, "instances": instances,
    "tasks": tasks, "task-definition": definition, "container-instances": machines, "pods": pods, "nodes": nodes,
}


def documents():
    """Name of a file -> its text; those of the account, those as version 1 of the AWS CLI prints them, those of a task."""
    texts = {"account/%s.json" % name: json.dumps(make(), indent=4) + "\n" for name, make in DOCUMENTS.items()}
    texts["cli-1/tasks.json"] = json.dumps(numbers(tasks()), indent=4) + "\n"
    texts["task/metadata.json"] = json.dumps(metadata())
    return texts


def main():
    folder = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.abspath(__file__))
    for name, text in documents().items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="utf-8") as f:
            f.write(text)


if __name__ == "__main__":
    main()
