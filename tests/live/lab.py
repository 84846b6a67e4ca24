"""A laboratory for the live sensor: network namespaces, pairs of interfaces, the sensor, a syslog daemon, and TAP.

Everything it makes has the process number in its name and goes away with it, also after a signal. Needs root and iproute2; the
standard library only. Nothing in it talks to the network of the machine.
"""
import atexit
import ctypes
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

TESTS = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
TOP = os.path.dirname(TESTS)
sys.path.insert(0, os.path.join(TESTS, "gen"))

LONG = os.environ.get("LIVE_LONG") == "1"
BIN = os.environ.get("COUNTERMINE", os.path.join(TOP, "build", "countermine"))
BLAST = os.environ.get("BLAST", os.path.join(os.path.dirname(BIN), "tests", "live", "blast"))
CLONE_NEWNET = 0x40000000
libc = ctypes.CDLL(None, use_errno=True)


# ---------------------------------------------------------------- TAP

class Tap:
    n = failed = 0

    @classmethod
    def check(cls, what, good, *why):
        """One test; the reasons are printed in any case, so that a log has the figures."""
        cls.n += 1
        cls.failed += not good
        print("%sok %d - %s" % ("" if good else "not ", cls.n, what))
        for w in why:
            for line in str(w).splitlines():
                print("# " + line[:400])
        sys.stdout.flush()
        return good

    @classmethod
    def done(cls):
        print("1..%d" % cls.n)
        sys.exit(1 if cls.failed else 0)


def say(*words):
    print("# " + " ".join(str(w) for w in words))
    sys.stdout.flush()


def skip(why):
    """Where CI says that everything is there, something missing is a failure."""
    if os.environ.get("CI") == "true":
        Tap.check("everything needed is there", False, why)
        Tap.done()
    print("1..0 # SKIP " + why)
    sys.exit(0)


def need(*tools):
    os.environ["PATH"] = os.environ.get("PATH", "") + ":/usr/sbin:/sbin"
    if os.geteuid() != 0:
        skip("needs root: it makes network namespaces")
    for t in ("ip", "sysctl") + tools:
        if not shutil.which(t):
            skip("%s is missing (./bootstrap install live)" % t)
    for p in (BIN, BLAST):
        if not os.path.exists(p):
            skip("%s is missing (make check-live builds it)" % p)
    trial = "cm-trial-%d" % os.getpid()
    if subprocess.run(["ip", "netns", "add", trial], capture_output=True).returncode:
        skip("network namespaces cannot be made here")
    subprocess.run(["ip", "netns", "del", trial])
    if "interfaces" not in subprocess.run([BIN, "--dump-config", "-c", "/dev/null"], capture_output=True, text=True).stdout or \
            " -i" not in subprocess.run([BIN, "--help"], capture_output=True, text=True).stdout:
        skip("%s has no live capture" % BIN)


def size(short, long):
    return long if LONG else short


def percentile(values, p):
    values = sorted(values)
    return values[min(len(values) - 1, int(len(values) * p / 100))] if values else float("nan")


def run(*command, check=True):
    done = subprocess.run(command, capture_output=True, text=True)
    if check and done.returncode:
        raise RuntimeError("%s: %s" % (" ".join(command), done.stderr.strip()))
    return done.stdout


def wait_for(condition, seconds, step=0.02):
    """The first true value of condition(), or its last one."""
    end = time.monotonic() + seconds
    while True:
        got = condition()
        if got or time.monotonic() > end:
            return got
        time.sleep(step)


# ---------------------------------------------------------------- network

class Lab:
    """Two namespaces, `out` and `in`, joined by a pair of interfaces: what `out` sends on `wire`, the sensor hears on `tap`."""

    def __init__(self, mtu=9000):
        stem = "cm%d" % os.getpid()
        self.out, self.inside, self.wire, self.tap, self.mtu = stem + "o", stem + "i", "wire0", "tap0", mtu
        self.children = []
        self.tmp = tempfile.mkdtemp(prefix="cm-live-")
        os.chmod(self.tmp, 0o755)          # the sensor gives up root
        atexit.register(self.close)
        for s in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(s, lambda *_: sys.exit(1))
        for name in (self.out, self.inside):
            run("ip", "netns", "add", name)
            self.in_namespace(name, "sysctl", "-qw", "net.ipv6.conf.all.disable_ipv6=1", "net.ipv6.conf.default.disable_ipv6=1",
                              "net.core.netdev_max_backlog=100000", check=False)
            run("ip", "-n", name, "link", "set", "lo", "up")
        self.make_pair()

    def make_pair(self):
        run("ip", "-n", self.out, "link", "add", self.wire, "mtu", str(self.mtu), "type", "veth", "peer", "name", self.tap, "mtu", str(self.mtu),
            "netns", self.inside)
        run("ip", "-n", self.out, "link", "set", self.wire, "arp", "off", "up")
        run("ip", "-n", self.inside, "link", "set", self.tap, "arp", "off", "up")

    def in_namespace(self, name, *command, check=True):
        return run("ip", "netns", "exec", name, *command, check=check)

    def start(self, name, *command, **how):
        """A process in a namespace, ended with the lab."""
        p = subprocess.Popen(["ip", "netns", "exec", name] + list(command), stdin=subprocess.DEVNULL, **how)
        self.children.append(p)
        return p

    def socket(self, name, kind=socket.SOCK_STREAM):
        """A socket stays in the namespace in which it was made, so the thread goes there for a moment."""
        here = os.open("/proc/thread-self/ns/net", os.O_RDONLY)
        there = os.open("/run/netns/" + name, os.O_RDONLY)
        try:
            if libc.setns(there, CLONE_NEWNET):
                raise OSError(ctypes.get_errno(), "setns " + name)
            return socket.socket(socket.AF_INET, kind)
        finally:
            libc.setns(here, CLONE_NEWNET)
            os.close(here)
            os.close(there)

    def blast(self, *arguments):
        """Runs the sender to its end and gives what it says."""
        return json.loads(self.in_namespace(self.out, BLAST, "-i", self.wire, *[str(a) for a in arguments]))

    def start_blast(self, *arguments):
        return self.start(self.out, BLAST, "-i", self.wire, *[str(a) for a in arguments], stdout=subprocess.PIPE, text=True)

    def counters(self, name=None, interface=None):
        """Statistics of an interface, of the sensor's side if none is named: rx and tx."""
        text = run("ip", "-j", "-s", "-n", name or self.inside, "link", "show", interface or self.tap)
        stats = json.loads(text)[0]["stats64"]
        return stats["rx"], stats["tx"]

    def path(self, name):
        return os.path.join(self.tmp, name)

    def close(self):
        for p in self.children:
            if p.poll() is None:
                p.terminate()
                try:
                    p.wait(5)
                except subprocess.TimeoutExpired:
                    p.kill()
                    p.wait()
        self.children = []
        for name in (self.out, self.inside):
            subprocess.run(["ip", "netns", "del", name], capture_output=True)
        shutil.rmtree(self.tmp, ignore_errors=True)


def result(process, seconds=60):
    """What a sender that was started in the background printed."""
    return json.loads(process.communicate(timeout=seconds)[0])


# ---------------------------------------------------------------- the sensor

class Sensor:
    """countermine in the `in` namespace. It is started as by systemd: READY=1 on its notification socket ends start()."""

    def __init__(self, lab, arguments=None, conf="", journal="journal.json", user=None, prefix=(), outputs=None, binary=BIN):
        self.lab, self.journal_path, self.conf_path = lab, lab.path(journal), lab.path("countermine.conf")
        self.arguments = ["-i", lab.tap] if arguments is None else list(arguments)
        self.outputs = ["-o", "json:" + self.journal_path] if outputs is None else outputs
        self.user, self.prefix, self.binary = user, list(prefix), binary
        self.process = self.notify = None
        self.parsed, self.read_bytes, self.torn_lines, self.torn = [], 0, 0, 0
        self.stderr_path = lab.path("stderr-%s" % os.path.basename(journal))
        self.configure(conf)

    def configure(self, conf):
        with open(self.conf_path, "w") as f:
            f.write(conf)

    def start(self, seconds=30):
        where = self.lab.path("notify")
        if os.path.exists(where):
            os.unlink(where)
        self.notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.notify.bind(where)
        os.chmod(where, 0o777)
        self.notify.settimeout(0.2)
        command = self.prefix + [self.binary, "-c", self.conf_path] + self.arguments + self.outputs
        if self.user:
            who = pwd.getpwnam(self.user)
            command = ["setpriv", "--reuid", str(who.pw_uid), "--regid", str(who.pw_gid), "--clear-groups", "--no-new-privs", "--"] + command
        self.process = self.lab.start(self.lab.inside, *command, stderr=open(self.stderr_path, "a"), stdout=subprocess.DEVNULL,
                                      env=dict(os.environ, NOTIFY_SOCKET=where))
        end = time.monotonic() + seconds
        while time.monotonic() < end and self.process.poll() is None:
            if any("READY=1" in m for m in self.notifications()):
                return self
        raise RuntimeError("the sensor did not become ready (exit status %s): %s" % (self.process.poll(), self.said()[-1500:]))

    def notifications(self):
        got = []
        try:
            while len(got) < 100:
                got.append(self.notify.recv(4096).decode())
                self.notify.settimeout(0)
        except OSError:
            pass
        self.notify.settimeout(0.2)
        return got

    def said(self):
        with open(self.stderr_path, errors="replace") as f:
            return f.read()

    @property
    def parent(self):
        """`ip netns exec' and setpriv become the program, so its number is ours."""
        return self.process.pid

    def children(self):
        with open("/proc/%d/task/%d/children" % (self.parent, self.parent)) as f:
            return [int(x) for x in f.read().split()]

    def workers_and_reports(self):
        """(workers, others) among the children: a worker holds a packet socket, or a bound UDP one."""
        workers, others = [], []
        for pid in self.children():
            try:
                packet = socket_inodes(pid, "packet", 8) | socket_inodes(pid, "udp", 9)
                (workers if held_sockets(pid) & packet else others).append(pid)
            except OSError:
                pass
        return workers, others

    def signal(self, number):
        os.kill(self.parent, number)

    def stop(self, seconds=30):
        """TERM; gives the exit status and how long it took."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.terminate()
        status = self.process.wait(seconds)
        self.notify.close()
        return status, time.monotonic() - begin

    def http(self, path, port=4789, raw=None):
        """(status, body) of one GET, or of raw bytes sent instead."""
        s = self.lab.socket(self.lab.inside)
        s.settimeout(5)
        with s:
            s.connect(("127.0.0.1", port))
            s.sendall(raw if raw is not None else ("GET %s HTTP/1.0\r\n\r\n" % path).encode())
            got = b""
            while True:
                more = s.recv(65536)
                if not more:
                    break
                got += more
        head, _, body = got.partition(b"\r\n\r\n")
        words = head.split(None, 2)
        return int(words[1]) if len(words) > 1 and words[1].isdigit() else 0, body.decode(errors="replace")

    def metrics(self, seconds=5):
        """{name or name{labels}: value}; sum_of adds up. Waits while the report is being replaced."""
        def ask():
            try:
                status, body = self.http("/metrics")
                return body if status == 200 else None
            except OSError:
                return None
        body = wait_for(ask, seconds, 0.1)
        if not body:
            raise RuntimeError("no metrics: " + self.said()[-800:])
        return {line.rsplit(" ", 1)[0]: float(line.rsplit(" ", 1)[1]) for line in body.splitlines() if line and line[0] != "#"}

    # ---- the journal

    def lines(self, path=None):
        try:
            with open(path or self.journal_path, "rb") as f:
                return f.read().split(b"\n")
        except FileNotFoundError:
            return [b""]

    def events(self):
        """Every record up to now, each parsed once; a line that is no JSON object is torn, and counted in self.torn, as is an end
        without newline at the time of the call."""
        try:
            with open(self.journal_path, "rb") as f:
                f.seek(self.read_bytes)
                data = f.read()
        except FileNotFoundError:
            return []
        whole = data.rfind(b"\n") + 1
        for line in data[:whole].splitlines():
            try:
                self.parsed.append(json.loads(line))
            except ValueError:
                self.torn_lines += 1
        self.read_bytes += whole
        self.torn = self.torn_lines + (whole < len(data))
        return self.parsed

    def findings(self):
        """The newest event of each finding by id."""
        return {e["id"]: e for e in self.events() if e.get("event") == "finding"}

    def sensor_events(self, what=None):
        return [e for e in self.events() if e.get("event") == "sensor" and (what is None or e["what"] == what)]


def sum_of(metrics, name, having=""):
    """Sum of a metric over its labels, countermine_ left out."""
    name = "countermine_" + name
    return sum(v for k, v in metrics.items() if k.split("{")[0] == name and having in k)


def settled(sensor, total, name="worker_packets_total", seconds=20):
    """Waits until the workers have handled so many packets, or nothing changes for 3 s; gives the metrics."""
    last, since, metrics = -1, time.monotonic(), sensor.metrics()
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        now = sum_of(metrics, name)
        if now >= total:
            break
        if now != last:
            last, since = now, time.monotonic()
        elif time.monotonic() - since > 3:
            break
        time.sleep(0.2)
        metrics = sensor.metrics()
    return metrics


def socket_inodes(pid, kind, column):
    with open("/proc/%d/net/%s" % (pid, kind)) as f:
        return {line.split()[column] for line in f.read().splitlines()[1:] if len(line.split()) > column}


def held_sockets(pid):
    out = set()
    for fd in os.listdir("/proc/%d/fd" % pid):
        try:
            to = os.readlink("/proc/%d/fd/%s" % (pid, fd))
        except OSError:
            continue
        if to.startswith("socket:["):
            out.add(to[8:-1])
    return out


def rss_kib(pid):
    with open("/proc/%d/status" % pid) as f:
        return next((int(x.split()[1]) for x in f if x.startswith("VmRSS:")), 0)


# ---------------------------------------------------------------- syslog

class Rsyslog:
    """rsyslogd with a configuration of its own: a unix datagram socket, or UDP on 127.0.0.1 of the sensor's namespace. Each
    message becomes a line: time of reception (RFC 3339, microseconds), blank, the message."""

    def __init__(self, lab, udp_port=None, name="rsyslog"):
        self.lab, self.socket_path, self.file, self.port = lab, lab.path(name + ".sock"), lab.path(name + ".log"), udp_port
        conf = lab.path(name + ".conf")
        with open(conf, "w") as f:
            f.write('global(workDirectory="%s" maxMessageSize="64k")\n' % lab.tmp)
            if udp_port:
                f.write('module(load="imudp")\ninput(type="imudp" address="127.0.0.1" port="%d" ruleset="all")\n' % udp_port)
            else:
                f.write('module(load="imuxsock" SysSock.Use="off")\ninput(type="imuxsock" Socket="%s" CreatePath="off" ruleset="all" '
                        'UseSysTimeStamp="off" RateLimit.Interval="0" UseSpecialParser="off")\n' % self.socket_path)
            f.write('template(name="t" type="string" string="%%timegenerated:::date-rfc3339%% %%rawmsg-after-pri%%\\n")\n'
                    'ruleset(name="all") { action(type="omfile" file="%s" template="t" fileCreateMode="0644" asyncWriting="off" flushOnTXEnd="on") }\n' %
                    self.file)
        self.process = lab.start(lab.inside, "rsyslogd", "-n", "-f", conf, "-i", lab.path(name + ".pid"), stdout=open(lab.path(name + ".out"), "w"),
                                 stderr=subprocess.STDOUT)
        ready = wait_for(lambda: self.process.poll() is not None or (os.path.exists(self.socket_path) if not udp_port else self.bound()), 10)
        if not ready or self.process.poll() is not None:
            raise RuntimeError("rsyslogd did not start: " + open(lab.path(name + ".out")).read()[-500:])
        if not udp_port:
            os.chmod(self.socket_path, 0o666)

    def bound(self):
        with open("/proc/%d/net/udp" % self.process.pid) as f:
            return ":%04X " % self.port in f.read()

    @property
    def output(self):
        """For -o."""
        return "syslog:udp:127.0.0.1:%d" % self.port if self.port else "syslog:" + self.socket_path

    def messages(self):
        """(time in ns, text) of each."""
        out = []
        try:
            with open(self.file, errors="replace") as f:
                for line in f:
                    stamp, _, text = line.rstrip("\n").partition(" ")
                    out.append((rfc3339_ns(stamp), text))
        except FileNotFoundError:
            pass
        return out


def rfc3339_ns(text):
    from datetime import datetime
    return int(round(datetime.fromisoformat(text.replace("Z", "+00:00")).timestamp() * 1e6)) * 1000
