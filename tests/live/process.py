"""Which process of this machine mines: real processes that mine at a pool in another namespace, and what the findings say of them.

Each miner has a port of the pool of its own, and so a finding of its own. Right is a finding that names the process, its command line with
the password hidden, and its parent; nothing at all is right only for a connection that was over within a second.

PROCESS_MINERS in the environment gives another number of them.
"""
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))


# ---------------------------------------------------------------- the miner: this file, run with `mine'

def mine(pool, port, hold_s, name, local_port, fd, go, heir_s):
    """Speaks XMRig's dialect for so long. go: a file that is waited for; fd: a connection that is there already; heir_s: when another
    process inherits it."""
    import ctypes
    ctypes.CDLL(None).prctl(15, name, 0, 0, 0)                    # PR_SET_NAME
    while go and not os.path.exists(go):
        time.sleep(0.002)
    if fd >= 0:
        s = socket.socket(fileno=fd)
    else:
        s = socket.socket()
        s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if local_port:
            s.bind(("", local_port))
            s.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")    # RST: the port is free at once
        s.connect((pool, port))
    lines = s.makefile("rb")
    s.sendall(json.dumps({"id": 1, "jsonrpc": "2.0", "method": "login", "params": {
        "login": "48edfHu7V9Z84YzzMa6fUueoELZ9ZRXq9VetWzYGzKt52XU5xvqgzYnDK9URnRoJMk1j8nLwEVsaSWJ4fhdUyZijBGUicoD", "pass": "x",
        "agent": "XMRig/6.21.0", "algo": ["rx/0"]}}).encode() + b"\n")
    lines.readline()
    end, number = time.monotonic() + hold_s, 2
    while time.monotonic() < end:
        time.sleep(min(0.5, max(0.0, end - time.monotonic())))
        if heir_s and end - time.monotonic() < hold_s - heir_s:
            subprocess.Popen(["sleep", str(hold_s)], pass_fds=[s.fileno()])
            heir_s = 0
        s.sendall(json.dumps({"id": number, "jsonrpc": "2.0", "method": "submit", "params": {
            "id": "x", "job_id": "1", "nonce": "%08x" % number, "result": "%064x" % number}}).encode() + b"\n")
        lines.readline()
        number += 1
    s.close()


def miner_main(argv):
    options = dict(zip(argv[::2], argv[1::2]))
    mine(options["--pool"], int(options["--port"]), float(options["--hold"]), os.fsencode(options.get("--name", "xmrig")),
         int(options.get("--local", 0)), int(options.get("--fd", -1)), options.get("--go"), float(options.get("--heir", 0)))


if len(sys.argv) > 1 and sys.argv[1] == "mine":
    miner_main([a for a in sys.argv[2:] if not a.startswith("-x")])
    sys.exit(0)

from lab import Lab, Sensor, Tap, libc, need, run, say, settled, size, skip, sum_of, wait_for    # noqa: E402

need()
MINERS = int(os.environ.get("PROCESS_MINERS", size(50, 200)))
POOL, HOST, BOX = "203.0.113.9", "198.51.100.1", "198.51.100.130"
PORTS = 20000
CONF = "[capture]\nworkers = 1\n[output]\nmax_rate = unlimited\n[owner]\nprocesses = yes\n[network]\nhome_net = 198.51.100.0/24\n"
JOB = {"id": "x", "job": {"blob": "0" * 152, "job_id": "1", "target": "b88d0600", "algo": "rx/0", "height": 3000000, "seed_hash": "0" * 64}, "status": "OK"}

world = Lab(mtu=1500)
box = "cm%db" % os.getpid()


def net():
    """The pool's address behind `out', this machine's in `in', and a namespace behind this one, which forwards for it."""
    for name, device, address in ((world.out, world.wire, "198.51.100.2/25"), (world.inside, world.tap, HOST + "/25")):
        run("ip", "-n", name, "link", "set", device, "arp", "on")
        run("ip", "-n", name, "addr", "add", address, "dev", device)
    run("ip", "-n", world.out, "addr", "add", POOL + "/32", "dev", "lo")
    run("ip", "-n", world.inside, "route", "add", "default", "via", "198.51.100.2")
    run("ip", "netns", "add", box)
    run("ip", "-n", world.inside, "link", "add", "box0", "type", "veth", "peer", "name", "eth0", "netns", box)
    for name, device, address in ((world.inside, "box0", "198.51.100.129/25"), (box, "eth0", BOX + "/25"), (box, "lo", "127.0.0.1/8")):
        run("ip", "-n", name, "link", "set", device, "up")
        run("ip", "-n", name, "addr", "add", address, "dev", device, check=False)
    run("ip", "-n", box, "route", "add", "default", "via", "198.51.100.129")
    run("ip", "-n", world.out, "route", "add", "198.51.100.128/25", "via", HOST)
    world.in_namespace(world.inside, "sysctl", "-qw", "net.ipv4.ip_forward=1")


class Pool(threading.Thread):
    """Listens on many ports; answers every line."""

    def __init__(self, ports):
        super().__init__(daemon=True)
        self.selector = selectors.DefaultSelector()
        for port in ports:
            s = world.socket(world.out)
            s.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            s.bind((POOL, port))
            s.listen(64)
            self.selector.register(s, selectors.EVENT_READ, None)

    def run(self):
        while True:
            for key, _ in self.selector.select():
                if key.data is None:
                    s, _ = key.fileobj.accept()
                    self.selector.register(s, selectors.EVENT_READ, [b""])
                    continue
                try:
                    got = key.fileobj.recv(65536)
                    key.data[0] += got
                    *lines, key.data[0] = key.data[0].split(b"\n")
                    for line in lines:
                        said = json.loads(line)
                        key.fileobj.sendall(json.dumps({"id": said["id"], "jsonrpc": "2.0", "error": None,
                                                        "result": JOB if said["method"] == "login" else {"status": "OK"}}).encode() + b"\n")
                except OSError:
                    got = b""
                if not got:
                    self.selector.unregister(key.fileobj)
                    key.fileobj.close()


def command(port, hold, name="xmrig", more=()):
    return [sys.executable, os.path.abspath(__file__), "mine", "--pool", POOL, "--port", str(port), "--hold", str(hold), "--name", name,
            "--password", "s3cret-%d" % port] + list(more)


started = []


def start(argv, namespace=None, **how):
    p = world.start(namespace or world.inside, *argv, **how)
    started.append(p)
    return p


def descendants(pid):
    with open("/proc/%d/task/%d/children" % (pid, pid)) as f:
        children = [int(x) for x in f.read().split()]
    return children + [x for c in children for x in descendants(c)]


def sh(argv, **how):
    """Below a shell, which stays; gives the shell."""
    return start(["sh", "-c", " ".join("'%s'" % a for a in argv) + "; exit 0"], **how)


def events_of(port):
    sensor.events()
    return [e for e in sensor.parsed if e.get("event") == "finding" and e["kind"] == "mining" and e["pool"]["port"] == port]


def process_of(event):
    return event["miner"].get("owner", {}).get("process") if event else None


def last_process(port):
    events = events_of(port)
    return process_of(events[-1]) if events else None


def named(ports, pids, seconds=15):
    """How many of the findings name their process by now; waits for all."""
    return wait_for(lambda: all((last_process(p) or {}).get("pid") == pids[p] for p in ports), seconds, 0.1)


def child_of(shell):
    return wait_for(lambda: descendants(shell.pid), 5)[0]


net()
sensor = Sensor(world, conf=CONF).start()
pool = Pool(range(PORTS, PORTS + 2 * MINERS + 40))
pool.start()
ports = iter(range(PORTS, PORTS + 2 * MINERS + 40))

# ---- long and short connections

long_ports = [next(ports) for _ in range(MINERS)]
pids = {}
for port in long_ports:
    shell = sh(command(port, 2.5, "miner-%d" % (port % 1000)))
    pids[port] = child_of(shell)
begin = time.monotonic()
wait_for(lambda: len([p for p in long_ports if events_of(p)]) == MINERS, 20, 0.1)
named(long_ports, pids)
say("%d connections of 2.5 s: all said after %.1f s" % (MINERS, time.monotonic() - begin))
wrong = []
for port in long_ports:
    p = last_process(port)
    cmdline = " ".join(command(port, 2.5, "miner-%d" % (port % 1000))).replace("s3cret-%d" % port, "***")
    if not p or p["pid"] != pids[port] or p["name"] != "miner-%d" % (port % 1000) or p["cmdline"] != cmdline or p["parents"][0] != "sh" or \
            p["uid"] != 0 or not p["exe"].startswith("/") or not p["started"].startswith(time.strftime("%Y-%m-", time.gmtime())):
        wrong.append("%d: pid %d: %s" % (port, pids[port], p))
Tap.check("%d connections of 2.5 s: each is named right" % MINERS, not wrong, *wrong[:5])
first = [process_of(events_of(p)[0]) for p in long_ports if events_of(p)]
say("in the first event of their finding: %d of %d" % (sum(x is not None for x in first), MINERS))

short_ports = [next(ports) for _ in range(MINERS)]
short_pids = {}
for port in short_ports:
    short_pids[port] = child_of(sh(command(port, 0.2 + 0.6 * (port % 10) / 10, "short-%d" % (port % 1000))))
wait_for(lambda: len([p for p in short_ports if events_of(p)]) == MINERS, 20, 0.1)
time.sleep(2.5)
found = {p: last_process(p) for p in short_ports}
wrong = ["%d: %s" % (p, x) for p, x in found.items() if x and (x["pid"] != short_pids[p] or x["name"] != "short-%d" % (p % 1000))]
Tap.check("%d connections of less than 1 s: named right, or not" % MINERS, not wrong and len([p for p in short_ports if events_of(p)]) == MINERS, *wrong[:5])
say("of these, named: %d" % sum(x is not None for x in found.values()))

# ---- another network namespace

port = next(ports)
other = start(command(port, 3, "boxed"), namespace=box)
good = wait_for(lambda: last_process(port), 10, 0.1)
Tap.check("a process of another network namespace is named", good and good["pid"] == other.pid and good["name"] == "boxed", good)

# ---- inherited sockets

port = next(ports)
opener = start(command(port, 5, "opener", ["--heir", "2.2"]))
time.sleep(4)                                                     # the heir holds it by now, and the sensor has another look
sensor.signal(signal.SIGHUP)
good = wait_for(lambda: last_process(port), 10, 0.1)
Tap.check("who opened a connection is named, not who inherited it later", good and good["pid"] == opener.pid and good["name"] == "opener", good)

port = next(ports)
line = "exec 3<>/dev/tcp/%s/%d; %s; exit 0" % (POOL, port, " ".join(command(port, 3, "worker", ["--fd", "3"])))
shell = start(["bash", "-c", line])
good = wait_for(lambda: last_process(port), 10, 0.1)
Tap.check("the program that a shell gave its connection to is named, the shell among its parents",
          good and good["name"] == "worker" and good["pid"] in descendants(shell.pid) and good["parents"][0] == "bash", good)

# ---- a port that another process takes right after

wrong, revoked_wrong = [], 0
for i in range(size(10, 40)):
    port, local, hold = next(ports) if i < 10 else port, 40000 + i, 0.05 if i % 2 else 0.7
    gate = world.path("go-%d" % i)
    b = start(command(port, 2.5, "second", ["--local", str(local), "--go", gate]))
    a = start(command(port, hold, "first", ["--local", str(local)]))
    a.wait(10)
    open(gate, "w").close()
    named([port], {port: b.pid}, 8)
    seen = events_of(port)
    if (process_of(seen[-1]) or {}).get("pid") != b.pid:
        wrong.append("%d: the last says %s, not %d" % (port, process_of(seen[-1]), b.pid))
    for e in seen:
        pid = (process_of(e) or {}).get("pid")
        if pid not in (None, a.pid, b.pid):
            wrong.append("%d: %d is neither" % (port, pid))
        if e["flows_total"] == 1 and pid == b.pid:
            revoked_wrong += 1
    b.wait(10)
Tap.check("a connection on the same ports right after another one is its own process's", not wrong, *wrong[:5])
say("events that named the second process before its connection was heard of: %d" % revoked_wrong)

# ---- hostile names and arguments

port = next(ports)
evil = start(command(port, 3, "x\n\"},{\x1b[2J", ["-x" + "\n\"\\\x1b]0;x\x07\u202e" + "A" * 131000]))
good = wait_for(lambda: last_process(port), 10, 0.1)
Tap.check("hostile names and arguments are bounded, and one record", good and good["pid"] == evil.pid and len(good["cmdline"]) < 4000 and
          "\x1b" not in good["cmdline"] + good["name"] and "\n" not in good["name"] and sensor.torn_lines == 0, good and good["name"])
evil.wait(10)

# ---- deaths


def helpers():
    """(outer, inner): the helper and the process in it."""
    outer = [c for c in sensor.children() if descendants(c)]
    return (outer[0], descendants(outer[0])[0]) if outer else (0, 0)


port = next(ports)
miner = start(command(port, 6, "survivor"))
named([port], {port: miner.pid})
reports = [c for c in sensor.workers_and_reports()[1] if c not in helpers()]
Tap.check("there is one report", len(reports) == 1, reports)
os.kill(reports[0], signal.SIGKILL)
port2 = next(ports)
miner2 = start(command(port2, 6, "newcomer"))
Tap.check("a replaced report names processes", named([port2], {port2: miner2.pid}), last_process(port2))
reloads = sensor.said().count("reloaded")
sensor.signal(signal.SIGHUP)
wait_for(lambda: sensor.said().count("reloaded") > reloads and sensor.said().rstrip().endswith("open findings"), 10)
outer, inner = helpers()
os.kill(inner, signal.SIGKILL)
port3 = next(ports)
miner3 = start(command(port3, 3, "third"))
Tap.check("after the death of the process that looks, another one does", named([port3], {port3: miner3.pid}) and helpers()[1] not in (0, inner), last_process(port3))
restarts = sum_of(sensor.metrics(), "process_helper_restarts_total")
Tap.check("which is counted", restarts == 1 and sum_of(sensor.metrics(), "process_helper_up") == 1, restarts)
os.kill(helpers()[0], signal.SIGKILL)
lost = wait_for(lambda: [e for e in sensor.events() if e.get("what") == "processes-unknown"], 5, 0.1)
Tap.check("when both are killed, the sensor says so", len(lost) == 1, lost)
port4 = next(ports)
miner4 = start(command(port4, 3, "fourth"))
wait_for(lambda: events_of(port4), 10, 0.1)
Tap.check("and goes on without", events_of(port4) and last_process(port4) is None and
          wait_for(lambda: sum_of(sensor.metrics(), "process_helper_up") == 0, 3, 0.2))
m = sensor.metrics()
say({k[len("countermine_"):]: int(v) for k, v in m.items() if "process_" in k})
status, _ = sensor.stop()
closed = [e for e in sensor.events() if e.get("event") == "finding" and e["state"] == "closed" and e["pool"]["port"] == port]
Tap.check("ends well", status == 0, sensor.said()[-500:])
with open(sensor.journal_path, "rb") as f:
    text = f.read()
Tap.check("no password stands anywhere", b"s3cret" not in text and b"***" in text)


def left():
    """Processes of the sensor's program."""
    found = []
    for pid in os.listdir("/proc"):
        try:
            if pid.isdigit() and os.readlink("/proc/%s/exe" % pid) == os.path.realpath(sensor.binary) and \
                    sensor.conf_path.encode() in open("/proc/%s/cmdline" % pid, "rb").read():
                found.append(pid)
        except OSError:
            pass
    return found


wait_for(lambda: not left(), 3, 0.1)
Tap.check("no process is left", not left(), left())

# ---- as systemd starts it: an ordinary user with three capabilities

CAPS = "+net_raw,+sys_ptrace,+dac_read_search"
os.mkdir(world.path("own"))
os.chown(world.path("own"), 65534, 65534)
ordinary = ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--bounding-set", "-all," + CAPS, "--inh-caps", "-all," + CAPS,
            "--ambient-caps", "-all," + CAPS, "--no-new-privs", "--"]
sensor = Sensor(world, conf=CONF, journal="own/ordinary.json", prefix=ordinary).start()
port = next(ports)
p = start(command(port, 4, "watched"))
Tap.check("as an ordinary user with its capabilities it names a process of root", named([port], {port: p.pid}), last_process(port), sensor.said()[-300:])
Tap.check("and ends well", sensor.stop()[0] == 0)

# ---- without the rights

poor = Sensor(world, conf=CONF, journal="poor.json", prefix=["setpriv", "--bounding-set", "-sys_ptrace", "--inh-caps", "-sys_ptrace", "--"]).start()
said = wait_for(lambda: [e for e in poor.events() if e.get("what") == "processes-unknown"], 5, 0.1)
Tap.check("without CAP_SYS_PTRACE it says what is missing, and runs", said and "CAP_SYS_PTRACE" in said[0]["detail"] and
          "owner.processes" in poor.said() and poor.stop()[0] == 0, poor.said()[-600:])
run("ip", "netns", "del", box)
Tap.done()
