"""HUP at 50,000 packets a second, half of them with a broken configuration or list: nothing is dropped or forgotten for it."""
import collections
import signal
import time

from lab import Lab, Sensor, Tap, need, percentile, result, say, settled, size, sum_of, wait_for

need()
HUPS, MINERS = size(20, 200), 50
CONF = "[capture]\nworkers = 2\n[output]\nmax_rate = unlimited\n[feeds]\nfiles = %s\n%s"
WHATS = ("conf-reloaded", "conf-refused", "feed-refused")


def told(sensor):
    return {w: len(sensor.sensor_events(w)) for w in WHATS}


def one_run(world, name, hups):
    feed = world.path("own.csv")

    def write_feed(text):
        with open(feed, "w") as f:
            f.write(text)
    write_feed("pool.own.example\n")
    good = CONF % (feed, "")
    sensor = Sensor(world, conf=good, journal=name + ".json").start()
    # A share of each miner every second, from before the first HUP until after the last.
    miners = world.start_blast("miners", "--count", MINERS, "--rounds", 1000000, "--rate", 2 * MINERS)
    wait_for(lambda: len(sensor.findings()) >= MINERS, 30, 0.2)
    before = time.time()
    background = world.start_blast("mix", "--rate", 50000)
    time.sleep(0.5)
    took, asked = [], collections.Counter()
    for i in range(hups):
        what = WHATS[0] if i % 2 == 0 else WHATS[1 + i // 2 % 2]
        write_feed("no name at all, \"\n" if what == "feed-refused" else "pool.own.example\nnew-%d.example\n" % i)
        sensor.configure(good + ("[capture]\nworker = 2\n" if what == "conf-refused" else ""))
        seen, begin = told(sensor)[what], time.monotonic()
        sensor.signal(signal.SIGHUP)
        asked[what] += 1
        wait_for(lambda: told(sensor)[what] > seen, 5)
        took.append((time.monotonic() - begin) * 1000)
    if not hups:
        time.sleep(size(4, 40))
    after = time.time()
    background.terminate()
    sent = result(background)
    time.sleep(2.5)                                 # two more shares of each
    miners.terminate()
    all_frames = sent["frames"] + result(miners)["frames"]
    metrics = settled(sensor, all_frames)
    drops = sum_of(metrics, "capture_kernel_dropped_total")
    handled = sum_of(metrics, "worker_packets_total")
    say("%s: %d frames sent, %d handled, %d dropped by the kernel, %.0f frames/s, %.1f s" %
        (name, all_frames, handled, drops, sent["pps"], after - before))
    open_at_end = sensor.findings()
    status, _ = sensor.stop()
    Tap.check("%s: ends well" % name, status == 0, sensor.said()[-300:] if status else "")
    return sensor, drops, took, asked, open_at_end, all_frames - handled


world_ = Lab()
_, calm_drops, _, _, _, calm_lost = one_run(world_, "without", 0)
sensor_, drops_, took_, asked_, found, lost = one_run(world_, "with", HUPS)
Tap.check("no more packets are dropped than without HUPs", drops_ <= calm_drops, "%d with, %d without" % (drops_, calm_drops))
Tap.check("and all frames are handled", lost <= max(calm_lost, 0), "%d of them were not, %d without" % (lost, calm_lost))
seen_ = told(sensor_)
Tap.check("each HUP is told as what it was", all(seen_[w] == asked_[w] for w in WHATS), "asked %s, told %s; %d times said `reloaded'" % (dict(asked_), seen_, sensor_.said().count(": reloaded")))
say("from HUP to its record: median %.0f ms, most %.0f ms" % (percentile(took_, 50), max(took_)))
mining = [f for f in found.values() if f["kind"] == "mining"]
Tap.check("each miner is still one finding", len(mining) == MINERS, len(mining))
Tap.check("with one connection, seen from its beginning", all(f["flows_total"] == 1 and not f["flows"][0]["midstream"] for f in mining))
events = [e for e in sensor_.events() if e.get("event") == "finding" and e["kind"] == "mining"]
Tap.check("no finding is closed and opened anew", collections.Counter(e["id"] for e in events if e["state"] == "new").most_common(1)[0][1] == 1)
last = {e["id"]: e for e in events}
shares = sorted(e["mining"]["shares"]["accepted"] for e in last.values())
Tap.check("shares are counted over all HUPs", shares[0] >= shares[-1] - 1 > min(5, HUPS * 0.05), "accepted: %d to %d" % (shares[0], shares[-1]))
Tap.check("a broken configuration is named with file and line", "countermine.conf:" in sensor_.said() and "did you mean" in sensor_.said(),
          sensor_.said()[-300:])
Tap.done()
