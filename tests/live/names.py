"""Names across workers: three share one interface by connection, so that the DNS of a host and its connections meet on different ones."""
import os

from lab import Lab, Sensor, Tap, need, say, settled, sum_of, wait_for, TESTS
import lab

need()
import dialogue  # noqa: E402
import dns  # noqa: E402
import goldens_contact as made  # noqa: E402
import miners  # noqa: E402
import wallets  # noqa: E402
import wire  # noqa: E402

WORKERS, HOSTS = 3, 24
POOL, SHARED, QUIET = "203.0.113.9", "203.0.113.20", "203.0.113.30"
CONF = "[capture]\nworkers = %d\n[feeds]\nbuiltin = no\nfiles = %s\n[output]\nmax_rate = unlimited\n" % (
    WORKERS, os.path.join(TESTS, "golden", "names.csv"))


def ip(group, n):
    return "10.%d.3.%d" % (group, n)


def asked(group, n, name, address):
    return made.asked(dialogue.Host(ip(group, n), 40000 + n), name, [dns.a(name, address)], at=n / 100)


def opaque(group, n, address, at=1.0):
    return made.opaque(dialogue.Host(ip(group, n), 50000 + n), address, at=at)


def mining(group, n, address):
    script = miners.xmrig("live %d" % n, wallets.monero("live %d" % n), shares=2)
    return dialogue.Conversation(dialogue.Host(ip(group, n), 51000 + n), dialogue.Host(address, 3333), script, seed=n, start_s=1.0).packets()


class World(Lab):
    sent = 0

    def send(self, name, packets, rate):
        path = self.path(name + ".pcap")
        wire.write_file(path, packets)
        self.blast("pcap", path, "--rate", rate)
        self.sent += len(packets)


def each(make):
    return [p for n in range(1, HOSTS + 1) for p in make(n)]


def contacts(sensor, group):
    """{miner: flows} of the open contacts of a group of hosts."""
    return {f["miner"]["ip"]: f["flows_total"] for f in sensor.findings().values()
            if f["kind"] == "pool-contact" and f["state"] != "closed" and f["miner"]["ip"].startswith("10.%d." % group)}


def round_of(world, sensor, group, what):
    """Questions of all hosts, and a moment later their connections."""
    world.send("ask%d" % group, each(lambda n: asked(group, n, "xmr.pool.example", POOL)), 2000)
    settled(sensor, world.sent)
    world.send("go%d" % group, each(lambda n: opaque(group, n, POOL)), 2000)
    want = {ip(group, n): 1 for n in range(1, HOSTS + 1)}
    got = wait_for(lambda: contacts(sensor, group) == want and want, 10) or contacts(sensor, group)
    Tap.check("%s: each host's connection is a contact" % what, got == want, "%d of %d" % (len(got), HOSTS), sorted(set(want) - set(got))[:5])


def main():
    world = World()
    sensor = Sensor(world, conf=CONF).start()

    round_of(world, sensor, 1, "DNS first")
    metrics = sensor.metrics()
    shares = [v for k, v in sorted(metrics.items()) if k.startswith("countermine_worker_packets_total")]
    Tap.check("all workers have packets", len(shares) == WORKERS and min(shares) > 0, shares)

    # As fast as can be: what the others know comes after the connection.
    world.send("race", each(lambda n: asked(2, n, "xmr.pool.example", POOL) + opaque(2, n, POOL)), 50000)
    want = {ip(2, n): 1 for n in range(1, HOSTS + 1)}
    wait_for(lambda: contacts(sensor, 2) == want, 10)
    Tap.check("at once: each host's connection is a contact", contacts(sensor, 2) == want, "%d of %d" % (len(contacts(sensor, 2)), HOSTS))

    # A shop at the same address was asked for last, mostly seen by another worker.
    world.send("pool", each(lambda n: asked(3, n, "xmr.pool.example", SHARED)), 2000)
    lab.time.sleep(1.5)
    world.send("shop", each(lambda n: asked(3, n, "shop.example.org", SHARED)), 2000)
    settled(sensor, world.sent)
    world.send("visit", each(lambda n: opaque(3, n, SHARED)), 2000)
    settled(sensor, world.sent)
    lab.time.sleep(4)
    Tap.check("a shop at the pool's address is none", not contacts(sensor, 3), contacts(sensor, 3))
    Tap.check("all hosts were seen to ask", sum(f["kind"] == "pool-lookup" and f["miner"]["ip"].startswith("10.3.")
                                                for f in sensor.findings().values()) == HOSTS)

    # Names on no list.
    world.send("quiet", each(lambda n: asked(4, n, "quiet%d.example.org" % n, QUIET)), 2000)
    settled(sensor, world.sent)
    world.send("mine", each(lambda n: mining(4, n, QUIET)), 1000)

    def named():
        return {f["miner"]["ip"]: (f["pool"].get("domain"), f["pool"].get("domain_source")) for f in sensor.findings().values()
                if f["kind"] == "mining"}
    want = {ip(4, n): ("quiet%d.example.org" % n, "dns") for n in range(1, HOSTS + 1)}
    wait_for(lambda: named() == want, 10)
    got = named()
    wrong = {k: v for k, v in got.items() if want.get(k) != v}
    Tap.check("each miner's pool has the name that its host asked for", got == want, "%d of %d found" % (len(got), HOSTS), list(wrong.items())[:5])

    # The one between them dies.
    report = sensor.workers_and_reports()[1]
    for pid in report:
        os.kill(pid, lab.signal.SIGKILL)
    wait_for(lambda: sensor.workers_and_reports()[1] not in ([], report), 10)
    sensor.metrics()
    round_of(world, sensor, 5, "after the report's death")

    metrics = settled(sensor, world.sent)
    say("questions %d, unanswered %d, refused %d, dropped %d" % (
        sum_of(metrics, "name_questions_total"), sum_of(metrics, "shed_total", "name_question"),
        sum_of(metrics, "name_messages_refused_total"), sum_of(metrics, "capture_kernel_dropped_total")))
    Tap.check("workers asked each other", sum_of(metrics, "name_questions_total") >= HOSTS)
    Tap.check("nothing was refused between them", sum_of(metrics, "name_messages_refused_total") == 0)
    status, _ = sensor.stop()
    Tap.check("ends well", status == 0, sensor.said()[-400:])
    world.close()
    Tap.done()


main()
