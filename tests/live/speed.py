"""As fast as the sender goes, with the product's defaults; two workers share; two processes on split files against one.

The sender, the kernel and two workers share this machine's processors: what is asked for is no drop with the default rings, and
tcpdump with its own defaults on the same traffic is printed beside it.
"""
import os
import re
import signal
import subprocess
import time

from lab import BIN, BLAST, LONG, Lab, Sensor, Tap, need, result, run, say, settled, size, sum_of

need("tcpdump")
SECONDS = size(5, 20)
REPEAT = size(8, 20)
BUILD = os.path.dirname(BIN)


def tcpdump(world):
    p = world.start(world.inside, "tcpdump", "-i", world.tap, "-w", "/dev/null", stderr=subprocess.PIPE, text=True)
    time.sleep(1)
    sent = world.blast("mix", "--seconds", SECONDS)
    time.sleep(1)
    p.send_signal(signal.SIGINT)
    said = p.communicate(timeout=10)[1]
    dropped = int((re.findall(r"(\d+) packets? dropped by kernel", said) or ["0"])[0])
    say("tcpdump -w /dev/null: %.0f frames/s sent, %d of %d dropped (%.3f %%)" % (sent["pps"], dropped, sent["frames"], 100 * dropped / sent["frames"]))


def sensor_at_most(world):
    sensor = Sensor(world, conf="[capture]\nworkers = 2\n").start()
    before = world.counters()[0]["packets"]
    sent = world.blast("mix", "--seconds", SECONDS)
    arrived = world.counters()[0]["packets"] - before
    metrics = settled(sensor, arrived, seconds=60)
    dropped, handled = sum_of(metrics, "capture_kernel_dropped_total"), sum_of(metrics, "worker_packets_total")
    workers = [v for k, v in sorted(metrics.items()) if k.startswith("countermine_worker_packets_total")]
    say("countermine: %.0f frames/s sent, %d arrived, %d handled, %d dropped (%.3f %%)" % (sent["pps"], arrived, handled, dropped, 100 * dropped / arrived))
    Tap.check("no packet dropped at the sender's maximum", dropped == 0 and handled == arrived,
              "%.0f frames/s, %d dropped, %d of %d handled" % (sent["pps"], dropped, handled, arrived))
    part = 100 * min(workers) / sum(workers)
    Tap.check("two workers share 40 to 60 %", part >= 40, "%.1f %% and %.1f %%" % (part, 100 - part))
    status, _ = sensor.stop()
    Tap.check("ends well", status == 0, sensor.said()[-300:] if status else "")


def timed(*files):
    """(seconds that one process on each file takes, all at once; processor seconds of the busiest). A file is read REPEAT times
    over, so that what a start costs does not count."""
    begin = time.monotonic()
    ps = [subprocess.Popen([BIN, "-c", "/dev/null", "-q", "-r"] + [f] * REPEAT + ["-o", "json:" + f + ".json"]) for f in files]
    used = []
    for p in ps:
        _, status, usage = os.wait4(p.pid, 0)
        p.returncode = os.waitstatus_to_exitcode(status)
        if p.returncode:
            raise RuntimeError("%s could not be read" % (files,))
        used.append(usage.ru_utime + usage.ru_stime)
    return time.monotonic() - begin, max(used)


def least(pairs):
    return [min(column) for column in zip(*pairs)]


def split_files(world):
    gen = os.path.join(BUILD, "tests", "bench", "bench-gen")
    splitter = os.path.join(os.path.dirname(BLAST), "split")
    if not os.path.exists(gen) or not os.path.exists(splitter):
        Tap.check("bench-gen and split are built", False, "make check-live builds them")
        return
    whole, halves = world.path("whole.pcap"), [world.path("half-%d.pcap" % i) for i in range(2)]
    run(gen, "-n", "2000000", whole)
    run(splitter, whole, *halves)
    # In turns, and the least of five, as others work on this machine too.
    rounds = [timed(whole) + timed(*halves) for _ in range(5)]
    one, one_cpu, two, two_cpu = least(rounds)
    found = [sum(b'"state":"new"' in line for line in open(f + ".json", "rb")) for f in [whole] + halves]
    # By the clock it holds where nothing else runs; what the processors were busy with holds on any machine.
    figures = "by the clock %.2f s and %.2f s, %.2f times; by processor time %.2f s and %.2f s, %.2f times; load %.1f on %d" % (
        one, two, one / two, one_cpu, two_cpu, one_cpu / two_cpu, os.getloadavg()[0], os.cpu_count())
    least_ratio = 1.7 if LONG else 1.3  # the short form may be run beside other things
    Tap.check("two processes on the halves are at least %.1f times as fast as one" % least_ratio,
              max(one / two, one_cpu / two_cpu) >= least_ratio, figures)
    Tap.check("and find the same", found[0] == found[1] + found[2] and found[0] > 0, found)


the_world = Lab()
tcpdump(the_world)
sensor_at_most(the_world)
split_files(the_world)
Tap.done()
