"""A full disk, a log that must not be written, and garbage on the status port, all while packets come in."""
import atexit
import os
import random
import signal
import subprocess
import time

from lab import BIN, Lab, Sensor, Tap, need, result, run, say, settled, sum_of, wait_for

need("mount", "umount")
MINERS = 300
CONF = "[capture]\nworkers = 2\n[output]\nmax_rate = unlimited\n"


def full_disk(world):
    where = world.path("full")
    os.makedirs(where)
    run("mount", "-t", "tmpfs", "-o", "size=64k,mode=777", "tmpfs", where)
    atexit.register(lambda: subprocess.run(["umount", "-l", where], capture_output=True))
    sensor = Sensor(world, conf=CONF, journal="beside.json")
    full = os.path.join(where, "small.json")
    sensor.outputs += ["-o", "json:" + full]
    sensor.start()
    sent = world.blast("miners", "--count", MINERS, "--rounds", 1, "--rate", 10000)
    metrics = settled(sensor, sent["frames"])
    Tap.check("full disk: is told", wait_for(lambda: sensor.sensor_events("output-failed"), 10), sensor.said()[-300:])
    Tap.check("full disk: the other output has all", wait_for(lambda: len(sensor.findings()) >= MINERS, 10), len(sensor.findings()))
    Tap.check("full disk: nothing is dropped", sum_of(metrics, "capture_kernel_dropped_total") == 0)
    lines = sensor.lines(full)
    Tap.check("full disk: no torn record", lines[-1] == b"" and all(x.startswith(b"{") and x.endswith(b"}") for x in lines[:-1]), len(lines))
    say("%d records fit, %s" % (len(lines) - 1, {k: int(v) for k, v in metrics.items() if "output_" in k}))
    run("mount", "-o", "remount,size=64m", where)
    Tap.check("full disk: that there is room again is told", wait_for(lambda: sensor.sensor_events("output-recovered"), 10), sensor.said()[-300:])
    wait_for(lambda: len(sensor.lines(full)) >= len(sensor.lines()), 10, 0.2)
    status, _ = sensor.stop()
    beside = [x for x in sensor.lines() if b'"event":"finding"' in x]
    small = [x for x in sensor.lines(full) if b'"event":"finding"' in x]
    Tap.check("full disk: what waited is written, in its order", small == beside, "%d of %d records" % (len(small), len(beside)))
    Tap.check("full disk: ends well", status in (0, 1), "status %d" % status)


def read_only_log(world):
    where = world.path("readonly")
    os.makedirs(where)
    run("mount", "-t", "tmpfs", "-o", "ro,size=64k", "tmpfs", where)
    atexit.register(lambda: subprocess.run(["umount", "-l", where], capture_output=True))
    refused = os.path.join(where, "log.json")
    done = subprocess.run(["ip", "netns", "exec", world.inside, BIN, "-c", "/dev/null", "-i", world.tap, "-o", "json:" + refused], capture_output=True,
                          text=True, timeout=30)
    Tap.check("read-only log: the start is refused with its name", done.returncode in (1, 2) and refused in done.stderr and "Read-only" in done.stderr,
              "status %d: %s" % (done.returncode, done.stderr[-300:]))
    # It is writable at the start, and not at HUP: the open file is kept.
    folder = world.path("later")
    os.makedirs(folder, 0o755)
    sensor = Sensor(world, conf=CONF, journal="later.json")
    sensor.journal_path = os.path.join(folder, "log.json")
    sensor.outputs = ["-o", "json:" + sensor.journal_path]
    sensor.start()
    os.chown(sensor.journal_path, 0, 0)
    os.chmod(sensor.journal_path, 0o600)
    sensor.signal(signal.SIGHUP)
    wait_for(lambda: sensor.sensor_events("conf-reloaded"), 5)
    world.blast("miners", "--count", 5, "--rounds", 1, "--rate", 1000)
    Tap.check("a log that cannot be opened anew at HUP is written on", wait_for(lambda: len(sensor.findings()) == 5, 5), sensor.said()[-300:])
    Tap.check("and said", sensor.journal_path in sensor.said(), sensor.said()[-300:])
    status, _ = sensor.stop()
    Tap.check("read-only log: ends well", status == 0, "status %d" % status)


def garbage(world):
    chance = random.Random("garbage")
    sensor = Sensor(world, conf=CONF, journal="garbage.json").start()
    load = world.start_blast("miners", "--count", MINERS, "--rounds", 1000000, "--rate", 20000)
    idle = []
    for i in range(100):                            # more than may be open at once, and none of them ever asks
        s = world.socket(world.inside)
        s.settimeout(0.2)
        try:
            s.connect(("127.0.0.1", 4789))
            idle.append(s)
        except OSError:
            s.close()
    for i in range(300):
        raw = chance.choice([chance.randbytes(chance.randrange(1, 3000)), b"GET /metrics HTTP/1.1\r\n" + b"A: " + b"x" * 100000,
                             b"POST /metrics HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n" + b"y" * 1000, b"GET " + b"/" * 70000 + b" HTTP/1.0\r\n\r\n",
                             b"\r\n" * 50, b"HEAD /healthz HTTP/9.9\r\n\r\n", b"GET /../../etc/passwd HTTP/1.0\r\n\r\n"])
        s = world.socket(world.inside)
        s.settimeout(0.05)
        try:
            s.connect(("127.0.0.1", 4789))
            s.sendall(raw)
            s.recv(1000)
        except OSError:
            pass
        s.close()
    for s in idle:
        s.close()
    time.sleep(0.5)
    load.terminate()
    sent = result(load)
    metrics = settled(sensor, sent["frames"])
    Tap.check("garbage: the port still answers", wait_for(lambda: sensor.http("/healthz")[0] == 200, 10, 0.5), sensor.http("/healthz"))
    Tap.check("garbage: nothing is dropped, nobody restarted", sum_of(metrics, "capture_kernel_dropped_total") == 0 and
              sum_of(metrics, "worker_restarts_total") == 0 and sum_of(metrics, "report_restarts_total") == 0,
              {k: v for k, v in metrics.items() if "restarts" in k or "kernel_dropped" in k or "status_" in k})
    Tap.check("garbage: every miner is found", len(sensor.findings()) == MINERS, len(sensor.findings()))
    Tap.check("other paths and methods are refused", sensor.http("/etc/passwd")[0] == 404 and
              sensor.http("", raw=b"PUT /metrics HTTP/1.0\r\nContent-Length: 0\r\n\r\n")[0] in (405, 501))
    status, _ = sensor.stop()
    Tap.check("garbage: ends well", status == 0, sensor.said()[-300:] if status else "")


the_world = Lab()
full_disk(the_world)
read_only_log(the_world)
garbage(the_world)
Tap.done()
