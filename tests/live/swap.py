"""HUPs that swap two lists of a million names while 50,000 packets a second come in: nothing is dropped for it, no finding is forgotten, and
each swap is effective: a name of one list is found while that list is in force, and only then.

SWAP_HUPS, SWAP_NAMES and SWAP_PPS in the environment give other numbers.
"""
import collections
import os
import signal
import threading
import time

from lab import Lab, Sensor, Tap, need, percentile, result, say, settled, size, sum_of, wait_for

import dns
import wire
from dialogue import Host, udp_datagram

need()
HUPS = int(os.environ.get("SWAP_HUPS", size(8, 200)))
NAMES = int(os.environ.get("SWAP_NAMES", 1000000))
PPS = int(os.environ.get("SWAP_PPS", 50000))
MINERS = 50
WATCHDOG_S = 2.0                        # as systemd would have it: the parent says that it is alive three times in it
CONF = "[capture]\nworkers = 2\n[output]\nmax_rate = unlimited\n[feeds]\nbuiltin = no\nfiles = %s\n"
EFFECTIVE_S = 5
SIDES = ("a", "b")

world = Lab()
os.environ["WATCHDOG_USEC"] = str(int(WATCHDOG_S * 1e6))
os.environ.pop("WATCHDOG_PID", None)


def write_list(side):
    path = world.path("list-%s.txt" % side)
    with open(path, "w") as f:
        f.write("only-%s.example\n" % side)
        for i in range(0, NAMES - 1, 10000):
            f.write("".join("n%07d-%s.pool%d.test\n" % (k, side, k % 1000) for k in range(i, min(i + 10000, NAMES - 1))))
    return path


class Watch(threading.Thread):
    """The longest time between two signs of life of the parent, and the most memory that all processes had together."""

    def __init__(self, sensor):
        super().__init__(daemon=True)
        self.sensor, self.stop, self.longest, self.last, self.kib, self.n = sensor, False, 0.0, None, 0, 0

    def run(self):
        looked = 0
        while not self.stop:
            self.sensor.notify.settimeout(0.2)
            try:
                said = self.sensor.notify.recv(4096)
            except OSError:
                said = b""
            now = time.monotonic()
            if b"WATCHDOG=1" in said:
                self.longest = max(self.longest, now - self.last if self.last else 0)
                self.last, self.n = now, self.n + 1
            if now - looked > 0.25:
                looked, self.kib = now, max(self.kib, self.memory())

    def memory(self):
        total = 0
        try:
            for pid in [self.sensor.parent] + self.sensor.children():
                with open("/proc/%d/smaps_rollup" % pid) as f:
                    total += next((int(x.split()[1]) for x in f if x.startswith("Pss:")), 0)
        except (OSError, ValueError):
            return 0
        return total


class Prober:
    """Asks for names, each time as another machine."""

    def __init__(self, sensor):
        self.sensor, self.n, self.frames, self.client = sensor, 0, 0, {}

    def ask(self, side):
        """Sends a question for a name of that list's own; gives the machine that asked."""
        self.n += 1
        client = "10.9.%d.%d" % (self.n >> 8 & 255, self.n & 255)
        self.client[client] = side
        data = dns.query(self.n & 0xffff, "h%d.only-%s.example" % (self.n, side))
        path = world.path("probe.pcap")
        wire.write_file(path, [udp_datagram(Host(client, 20000 + self.n % 40000), Host("10.0.0.53", 53), data, 0)])
        self.frames += world.blast("pcap", path)["frames"]
        return client

    def found(self):
        return {f["miner"]["ip"] for f in self.sensor.findings().values() if f["kind"] == "pool-lookup"}


def told(sensor):
    return len(sensor.sensor_events("feed-reloaded"))


def swap(sensor, prober, to, took, effective):
    """One HUP. Gives what went wrong, or nothing."""
    sensor.configure(CONF % lists[to])
    seen, begin, asked = told(sensor), time.monotonic(), []
    sensor.signal(signal.SIGHUP)
    if not wait_for(lambda: told(sensor) > seen, 30):
        return "it was not told; the newest events: %s; said: %s" % (
            [(e["what"], e["detail"]) for e in sensor.sensor_events()[-3:]], sensor.said()[-400:])
    took.append((time.monotonic() - begin) * 1000)
    while time.monotonic() - begin < EFFECTIVE_S + took[-1] / 1000:
        asked.append(prober.ask(to))
        if wait_for(lambda: prober.found() & set(asked), 0.1):
            effective.append((time.monotonic() - begin) * 1000)
            return ""
    return "the names of list %s are not found after %d s" % (to, EFFECTIVE_S)


def one_run(name, hups):
    sensor = Sensor(world, conf=CONF % lists["a"], journal=name + ".json").start(60)
    watch, prober = Watch(sensor), Prober(sensor)
    watch.start()
    miners = world.start_blast("miners", "--count", MINERS, "--rounds", 1000000, "--rate", 2 * MINERS)
    Tap.check("%s: miners are found" % name, bool(wait_for(lambda: len(sensor.findings()) >= MINERS, 30, 0.2)))
    background = world.start_blast("mix", "--rate", PPS)
    time.sleep(1)
    took, effective, wrong, stale = [], [], [], []
    begin = time.monotonic()
    for i in range(hups):
        to = SIDES[(i + 1) % 2]
        stale.append(prober.ask(to))             # not yet
        time.sleep(0.05)
        why = swap(sensor, prober, to, took, effective)
        if why:
            wrong.append("HUP %d: %s" % (i + 1, why))
        stale.append(prober.ask(SIDES[i % 2]))   # no more
    if not hups:
        time.sleep(size(5, 30))
    seconds = time.monotonic() - begin
    background.terminate()
    sent = result(background)
    time.sleep(2.5)                              # two more shares of each
    miners.terminate()
    frames = sent["frames"] + result(miners)["frames"] + prober.frames
    metrics = settled(sensor, frames)
    watch.stop = True
    watch.join()
    drops, handled = sum_of(metrics, "capture_kernel_dropped_total"), sum_of(metrics, "worker_packets_total")
    restarts = sum_of(metrics, "worker_restarts_total") + sum_of(metrics, "report_restarts_total")
    open_at_end = dict(sensor.findings())
    status, _ = sensor.stop()
    Tap.check("%s: ends well, and no process was replaced but on purpose" % name, status == 0 and restarts == 0, sensor.said()[-300:] if status else "%d restarts" % restarts)
    say("%s: %d HUPs in %.0f s, %.0f frames/s; %d frames sent, %d handled, %d dropped by the kernel" % (name, hups, seconds, sent["pps"], frames, handled, drops))
    say("%s: at most %.2f s between signs of life of the parent (asked for %.2f s); at most %d MiB, shared memory counted once" %
        (name, watch.longest, WATCHDOG_S / 3, watch.kib / 1024))
    return sensor, prober, open_at_end, drops, frames - handled, took, effective, wrong, stale, watch


lists = {s: write_list(s) for s in SIDES}
_, _, _, calm_drops, calm_lost, _, _, _, _, _ = one_run("without", 0)
sensor_, prober_, found, drops_, lost, took_, effective_, wrong_, stale_, watch_ = one_run("with", HUPS)
say("lists of %d names, %.1f MB; from HUP to its record: median %.0f ms, most %.0f ms; until a name of the new list is found: median %.0f ms, most %.0f ms" %
    (NAMES, os.path.getsize(lists["a"]) / 1e6, percentile(took_, 50), max(took_), percentile(effective_, 50), max(effective_ or [0])))
Tap.check("each HUP is effective", not wrong_ and len(effective_) == HUPS, *wrong_[:5])
late = [c for c in stale_ if c in prober_.found()]
Tap.check("a name is not found before its list comes, nor when it is gone", not late, "asked %d times, found %d: %s" % (len(stale_), len(late), late[:5]))
Tap.check("no more packets are dropped than without HUPs", drops_ <= calm_drops, "%d with, %d without" % (drops_, calm_drops))
Tap.check("all frames are handled", lost <= max(calm_lost, 0), "%d of them were not, %d without" % (lost, calm_lost))
Tap.check("the parent never stands still", watch_.n > 0 and watch_.longest < WATCHDOG_S, "at most %.2f s" % watch_.longest)
mining = [f for f in found.values() if f["kind"] == "mining"]
Tap.check("each miner is still one finding, of one connection seen from its beginning",
          len(mining) == MINERS and all(f["flows_total"] == 1 and not f["flows"][0]["midstream"] for f in mining), len(mining))
events = [e for e in sensor_.events() if e.get("event") == "finding"]
news = collections.Counter(e["id"] for e in events if e["state"] == "new")
revisions = collections.defaultdict(list)
for e in events:
    revisions[e["id"]].append(e["revision"])
Tap.check("no finding is closed and opened anew; revisions go on by one", max(news.values()) == 1 and
          all(r == list(range(1, len(r) + 1)) for r in revisions.values()), "%d findings, %d events" % (len(revisions), len(events)))
last = {e["id"]: e for e in events if e["kind"] == "mining"}
shares = sorted(e["mining"]["shares"]["accepted"] for e in last.values())
Tap.check("shares are counted over all HUPs", len(shares) == MINERS and shares[0] >= shares[-1] - 1 > 0, "accepted: %d to %d" % (shares[0], shares[-1]))
Tap.done()
