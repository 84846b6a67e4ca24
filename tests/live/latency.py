"""From the packet that proves a miner to the record at a syslog daemon, with 100,000 packets a second of other traffic."""
import json

from lab import Lab, Rsyslog, Sensor, Tap, need, percentile, result, say, settled, size, sum_of, wait_for

need("rsyslogd")
MINERS = size(300, 3000)
MS = 10 ** 6

world = Lab()
for collector in (Rsyslog(world, name="unix"), Rsyslog(world, udp_port=5514, name="udp")):
    name = collector.output.split(":")[1] == "udp" and "UDP" or "unix socket"
    sensor = Sensor(world, conf="[capture]\nworkers = 2\n[output]\nmax_rate = unlimited\n", journal=name.split()[0] + ".json")
    sensor.outputs += ["-o", collector.output]
    sensor.start()
    background = world.start_blast("mix", "--rate", 100000)
    times = world.path("times-" + name.split()[0])
    # Nine frames for each miner: 20 miners a second in the short form, 50 in the long one.
    miners = world.blast("miners", "--count", MINERS, "--rate", size(180, 450), "--times", times)

    def arrived():
        out = {}
        for at, text in collector.messages():
            if " finding-new " in text:
                record = json.loads(text[text.index("{"):])
                if record["kind"] == "mining":
                    out.setdefault(record["miner"]["ip"], at)
        return out
    wait_for(lambda: len(arrived()) >= MINERS, 10, 0.5)
    background.terminate()
    sent = result(background)
    metrics = settled(sensor, sent["frames"] + miners["frames"])
    got = arrived()
    latencies = []
    with open(times) as f:
        for line in f:
            i, at = (int(x) for x in line.split())
            ip = "10.%d.%d.%d" % (1 + (i >> 16), i >> 8 & 255, i & 255)
            if ip in got:
                latencies.append((got[ip] - at) / MS)
    median, p99 = percentile(latencies, 50), percentile(latencies, 99)
    figures = "%d of %d miners, median %.1f ms, p99 %.1f ms, most %.1f ms, background %.0f frames/s" % (
        len(latencies), MINERS, median, p99, max(latencies or [0]), sent["pps"])
    Tap.check("%s: every miner is a syslog record" % name, len(latencies) == MINERS, figures)
    Tap.check("%s: median at most 50 ms" % name, median <= 50, figures)
    Tap.check("%s: p99 at most 1 s" % name, p99 <= 1000, figures)
    say("kernel drops:", int(sum_of(metrics, "capture_kernel_dropped_total")))
    status, _ = sensor.stop()
    Tap.check("%s: ends well" % name, status == 0, sensor.said()[-400:] if status else "")
Tap.done()
