"""kill -9 of workers, reports and parents at 20,000 packets a second: what a worker had sent is in the journal, no record is torn,
repeats are equal in id and revision, and who is killed is back at once."""
import collections
import os
import random
import signal
import time

from lab import LONG, Lab, Sensor, Tap, need, percentile, result, say, size, sum_of, wait_for

need()
KILLS, PARENTS, MINERS = size(15, 100), size(3, 20), 2000
CONF = "[capture]\nworkers = 2\n[output]\nmax_rate = unlimited\n[state]\ndirectory = %s\n"
chance = random.Random("kills")


def revisions(events):
    """({id: [revisions in their order]}, how many events came more than once, how many of these differ in what they say)."""
    by_id, seen, repeats, differ = collections.defaultdict(list), {}, 0, 0
    for e in events:
        if e.get("event") != "finding":
            continue
        by_id[e["id"]].append(e["revision"])
        key = e["id"], e["revision"]
        if key in seen:
            repeats += 1
            differ += seen[key]["state"] != e["state"] or seen[key]["miner"] != e["miner"]
        seen[key] = e
    return by_id, repeats, differ


def address(i):
    return "10.%d.%d.%d" % (1 + (i >> 16), i >> 8 & 255, i & 255)


def found(events):
    return {e["miner"]["ip"] for e in events if e.get("event") == "finding" and e["kind"] == "mining"}


def judge(name, sensor, kills_of_reports):
    events = sensor.events()
    by_id, repeats, differ = revisions(events)
    missing = {address(i) for i in range(MINERS)} - found(events)
    Tap.check("%s: every miner is in the journal" % name, not missing, "%d of %d missing: %s" % (len(missing), MINERS, sorted(missing)[:3]))
    Tap.check("%s: no torn record" % name, sensor.torn == 0, "%d torn of %d" % (sensor.torn, len(events)))
    Tap.check("%s: what comes twice is equal in id, revision and state" % name, differ == 0, "%d repeats, %d differ" % (repeats, differ))
    Tap.check("%s: repeats only where a report was killed" % name, repeats <= 64 * kills_of_reports, "%d repeats after %d kills" % (repeats, kills_of_reports))
    # Within a finding no revision is left out: it would be an event that was lost.
    holes = [i for i, r in by_id.items() if set(range(1, max(r) + 1)) != set(r)]
    Tap.check("%s: no event of a finding is missing" % name, not holes, "%d findings with holes: %s" % (len(holes), [by_id[h] for h in holes[:2]]))


def children(world):
    """Workers and reports, one at a time, at random."""
    sensor = Sensor(world, conf=CONF % "\"\"", journal="children.json").start()
    sender = world.start_blast("miners", "--count", MINERS, "--rounds", 1000000, "--rate", 20000)
    time.sleep(1)
    counts = collections.Counter()
    for _ in range(KILLS):
        workers, reports = sensor.workers_and_reports()
        kind, pids = ("report", reports) if chance.random() < 0.3 and reports else ("worker", workers)
        if not pids:
            continue
        before = len(sensor.sensor_events(kind + "-restarted"))
        os.kill(chance.choice(pids), signal.SIGKILL)
        counts[kind] += 1
        wait_for(lambda: len(sensor.sensor_events(kind + "-restarted")) > before, 5)
        time.sleep(chance.uniform(0.05, 0.4))
    time.sleep(2)                                  # each miner hands in a share every 0.2 s
    sender.terminate()
    sent = result(sender)
    time.sleep(1)
    metrics = sensor.metrics()
    took = {k: sum_of(metrics, "records_total", k) for k in ("taken", "repeated", "malformed")}
    evidence = {k: sum_of(metrics, "evidence_total", '"%s"' % k) for k in ("made", "sent", "lost")}
    say("%d kills of workers, %d of reports; sender: %s" % (counts["worker"], counts["report"], sent))
    gaps = {k: [e["counters"]["gap_us"] / 1000 for e in sensor.sensor_events(k + "-restarted")] for k in ("worker", "report")}
    for kind, values in gaps.items():
        Tap.check("each kill of a %s is told" % kind, len(values) == counts[kind], "%d events for %d kills" % (len(values), counts[kind]))
        figures = "median %.1f ms, p99 %.1f ms" % (percentile(values, 50), percentile(values, 99))
        # A worker is what packets wait for; a report reads its lists and its ledger again, while records wait in the sockets.
        # What the short form is run on may be busy with other things: there only the order of magnitude counts.
        limit = (100 if LONG else 1000) if kind == "worker" else 2000 if LONG else 5000
        Tap.check("a %s is back within %d ms (p99)" % (kind, limit), not values or percentile(values, 99) <= limit, figures)
    # What a worker counted after its last beat dies with it, so the report may have taken more than is known to be sent, never less.
    Tap.check("0 evidence lost that a worker had sent", took["taken"] + took["repeated"] >= evidence["sent"] and evidence["lost"] == 0 and
              took["malformed"] == 0, "workers: %s, report: %s" % (evidence, took))
    status, seconds = sensor.stop()
    Tap.check("ends well", status == 0, "status %d after %.1f s" % (status, seconds), sensor.said()[-300:] if status else "")
    judge("children", sensor, counts["report"])


def parents(world):
    """The parent itself: all that it started ends, and the next one goes on with the open findings."""
    folder = world.path("state")
    os.makedirs(folder)
    os.chmod(folder, 0o777)
    sensor = Sensor(world, conf=CONF % folder, journal="parents.json").start()
    sender = world.start_blast("miners", "--count", MINERS, "--rounds", 1000000, "--rate", 20000)
    time.sleep(2)
    left, restart = [], []
    for _ in range(PARENTS):
        family = sensor.children()
        os.kill(sensor.parent, signal.SIGKILL)
        begin = time.monotonic()
        sensor.process.wait()
        gone = wait_for(lambda: not any(alive(p) for p in family), 5)
        restart.append(time.monotonic() - begin)
        left += [] if gone else [p for p in family if alive(p)]
        sensor.notify.close()
        sensor.start()
        time.sleep(chance.uniform(1, 2))
    time.sleep(1.5)
    sender.terminate()
    result(sender)
    time.sleep(1)
    status, _ = sensor.stop()
    Tap.check("with the parent all its processes end", not left, "left: %s; the last was gone after %.2f s at most" % (left, max(restart)))
    Tap.check("ends well after %d kills of the parent" % PARENTS, status == 0, sensor.said()[-300:] if status else "")
    judge("parents", sensor, PARENTS)
    opened = collections.Counter(e["id"] for e in sensor.events() if e.get("event") == "finding" and e["state"] == "new")
    miners = collections.Counter(e["miner"]["ip"] for e in sensor.findings().values() if e["kind"] == "mining")
    Tap.check("a restart goes on with open findings under their ids", max(miners.values()) == 1 and len(miners) == MINERS,
              "%d miners, %d findings" % (len(miners), sum(miners.values())))
    again = sum(n - 1 for n in opened.values())
    Tap.check("and does not open them anew", again <= 64 * PARENTS, "%d findings were new a second time, of which repeats of the last record may be" % again)


def alive(pid):
    try:
        with open("/proc/%d/stat" % pid) as f:
            return f.read().rsplit(")", 1)[1].split()[0] not in "ZX"
    except OSError:
        return False


the_world = Lab()
children(the_world)
parents(the_world)
Tap.done()
