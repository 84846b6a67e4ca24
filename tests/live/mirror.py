"""A traffic mirror: eight sources send VXLAN, directly and through a gateway load balancer (GENEVE), to two workers."""
from lab import Lab, Sensor, Tap, need, say, settled, sum_of
import lab

need()
import demo  # noqa: E402
import dialogue  # noqa: E402
import wire  # noqa: E402

SOURCES = 8
TARGET = "10.201.0.1"
MAC = "02:00:00:00:fe:02"


def moved(packet, source):
    """The packet with addresses in 10/8 moved to the network of one source: 10.x.y.z becomes 10.(100+source).y.z."""
    data = bytearray(packet.data)
    if data[12:14] == b"\x08\x00":
        for at in (26, 30):
            if data[at] == 10:
                data[at + 1] = 100 + source
        data[24:26] = b"\0\0"
        data[24:26] = wire.inet_sum(bytes(data[14:14 + (data[14] & 15) * 4])).to_bytes(2, "big")
    return packet._replace(data=bytes(data))


def mirrored(packet, source, through_gateway, number):
    outer, vni = "10.200.%d.4" % source, 1000 + source
    frame = wire.mirror_packet(outer, TARGET, 4789, wire.vxlan(vni, packet.data), number, macs=("02:00:00:00:fe:01", MAC))
    if through_gateway:
        inner = frame[14:]
        frame = wire.mirror_packet("10.200.255.1", TARGET, 6081, wire.geneve(0, inner, wire.AWS_OPTIONS, wire.ETHERTYPE_IPV4), number,
                                   macs=("02:00:00:00:fe:01", MAC), sport=60001)
    return wire.packet(packet.ts_ns, frame)


def demo_of_all(path, through_gateway):
    """Two dialogues of the demonstration from each source, all at once."""
    dialogues = dialogue.merge(demo.xmr_rig(), demo.btc_asic())
    packets = []
    for i, p in enumerate(dialogues):
        packets += [mirrored(moved(p, s), s, through_gateway, i) for s in range(SOURCES)]
    wire.write_file(path, packets)
    return len(packets)


def facts(sensor):
    """What must be equal however the packets came in: miner, pool, stage, logins, shares, packets of both directions."""
    out = set()
    for f in sensor.findings().values():
        if f["kind"] != "mining":
            continue
        flows = f["flows"]
        out.add((f["miner"]["ip"], f["pool"]["ip"], f["pool"]["port"], f["stage"], f["mining"].get("login"), f["mining"]["shares"]["submitted"],
                 f["mining"]["shares"]["accepted"], tuple(flows[0]["packets"]), any(x["one_sided"] for x in flows)))
    return out


def expected(path):
    """The same capture read as a file is the measure."""
    out = lab.run(lab.BIN, "-q", "-r", path, "-o", "json:" + path + ".json")
    import json
    with open(path + ".json") as f:
        last = {e["id"]: e for e in map(json.loads, f)}

    class AsFile:
        @staticmethod
        def findings():
            return last
    return facts(AsFile), out


def judge(name, got, want):
    Tap.check("%s: all findings of %d sources, as from the file" % (name, SOURCES), got == want and len(got) == 2 * SOURCES,
              "found %d, expected %d" % (len(got), len(want)), "missing: %s" % sorted(want - got)[:2], "more: %s" % sorted(got - want)[:2])
    Tap.check("%s: both directions joined" % name, got and all(not x[-1] and min(x[-2]) > 5 for x in got), sorted(got)[:1])


def captured(world, name, path, n):
    sensor = Sensor(world, conf="[capture]\nworkers = 2\n", journal=name + ".json").start()
    world.blast("pcap", path, "--rate", 20000)
    metrics = settled(sensor, n)
    shares = [v for k, v in sorted(metrics.items()) if k.startswith("countermine_worker_packets_total")]
    status, _ = sensor.stop()
    say("%s: packets of the workers: %s" % (name, shares))
    Tap.check("%s: ends well" % name, status == 0, "exit status %s" % status, sensor.said()[-400:] if status else "")
    want, _ = expected(path)
    judge(name, facts(sensor), want)
    Tap.check("%s: both workers had packets" % name, len(shares) == 2 and min(shares) > 0, shares)
    Tap.check("%s: nothing dropped" % name, sum_of(metrics, "capture_kernel_dropped_total") == 0)


def by_socket(world, name, path, n, through_gateway):
    """As an ordinary user, who may not capture: a UDP socket takes the datagrams in."""
    mac = lab.json.loads(lab.run("ip", "-j", "-n", world.inside, "link", "show", world.tap))[0]["address"]
    copy = path + "-addressed"
    wire.write_file(copy, [p._replace(data=wire.mac_bytes(mac) + p.data[6:]) for p in wire.read_file(path)])
    sensor = Sensor(world, ["-i", "udp:" + TARGET], conf="[capture]\nworkers = 2\n", journal=name + ".json", user="nobody")
    lab.os.chmod(world.tmp, 0o777)
    sensor.start()
    world.blast("pcap", copy, "--rate", 5000)
    settled(sensor, n)
    status, _ = sensor.stop()
    Tap.check("%s: ends well" % name, status == 0, sensor.said()[-400:] if status else "")
    judge(name, facts(sensor), expected(path)[0])


world = Lab()
# What comes from the sources is taken by the sensor's stack too, though there is no way back to them.
lab.run("ip", "-n", world.inside, "address", "add", TARGET + "/32", "dev", world.tap)
world.in_namespace(world.inside, "sysctl", "-qw", "net.ipv4.conf.all.rp_filter=0", "net.ipv4.conf.%s.rp_filter=0" % world.tap)
lab.run("ip", "-n", world.inside, "route", "add", "10.200.0.0/16", "dev", world.tap)
for gateway in (False, True):
    kind = "VXLAN in GENEVE" if gateway else "VXLAN"
    capture = world.path("%s.pcap" % ("gateway" if gateway else "mirror"))
    count = demo_of_all(capture, gateway)
    captured(world, kind, capture, count)
    by_socket(world, kind + " by socket, unprivileged", capture, count, gateway)
Tap.done()
