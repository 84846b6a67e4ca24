#!/usr/bin/env python3
"""Findings as syslog messages, read back by parsers that share no code with the program; prints TAP.

usage: syslog.py --bin PATH/countermine

A reader of RFC 5424 written here on sockets of both kinds, with text of all bytes in logins and agents, messages that are
cut, priorities; and a real rsyslogd where it is installed (it must be when CI=true): by UDP, on a socket of its own, and, as
root, as the system's log in a /dev of its own. What arrives must be what -o json, or of CEF -o cef, writes in the same run.
"""
import argparse
import json
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "gen"))
import dialogue                                          # noqa: E402
import flat_read                                         # noqa: E402
import wire                                              # noqa: E402

# RFC 5424 section 6. MSG without the byte order mark.
MESSAGE = re.compile(rb"<(0|[1-9][0-9]{0,2})>1 (\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{1,6}Z) ([!-~]{1,255}) ([!-~]{1,48}) ([!-~]{1,128}) "
                     rb"([!-~]{1,32}) - (.*)", re.DOTALL)
LOCAL = re.compile(r" ?(\{.*)", re.DOTALL)
SEVERITY = {"critical": 2, "high": 3, "medium": 4, "low": 5}
LEFT_OUT = ("flows", "evidence", "logins", "agents", "summary", "advice", "feeds")


def parse(message):
    """(facility, severity, time, app, msgid, record)"""
    m = MESSAGE.fullmatch(message)
    if not m:
        raise ValueError("not RFC 5424: %r" % message[:200])
    pri = int(m.group(1))
    return pri // 8, pri % 8, m.group(2).decode(), m.group(4), m.group(6).decode(), json.loads(m.group(7).decode("utf-8", "strict"))


def listen(path):
    if path.startswith("udp:"):
        v6 = "[" in path
        s = socket.socket(socket.AF_INET6 if v6 else socket.AF_INET, socket.SOCK_DGRAM)
        s.bind(("::1" if v6 else "127.0.0.1", 0))
    else:
        s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        s.bind(path)
        os.chmod(path, 0o666)                            # the program becomes nobody
    s.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
    return s


def run(binary, where, capture, target, *more):
    """The lines of -o json of the same run; more are further arguments."""
    out = os.path.join(where, "out.json")
    p = subprocess.Popen([binary, "-q", "-c", "/dev/null", "-r", capture, "-o", "json:" + out, "-o", "syslog:" + target] + list(more),
                         stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    return p, out


def converse(binary, where, capture, target, *more):
    """(messages, lines): what a receiver of our own got, and what -o json wrote."""
    s = listen(target)
    if target.startswith("udp:"):
        target = target.rsplit(":", 1)[0] + ":%d" % s.getsockname()[1]
    p, out = run(binary, where, capture, target, *more)
    messages = []
    s.settimeout(0.05)
    while True:
        ended = p.poll() is not None                     # asked before reading: what was sent by then is there
        try:
            while True:
                messages.append(s.recv(70000))
        except socket.timeout:
            pass
        if ended:
            break
    said = p.stdout.read().decode()
    s.close()
    if p.returncode != 0:
        raise ValueError("exit status %d: %s" % (p.returncode, said))
    with open(out, encoding="utf-8") as f:
        return messages, f.read().splitlines()


def check_message(message, line, max_bytes=8000, facility=3):
    whole = json.loads(line)
    got_facility, severity, when, app, msgid, record = parse(message)
    assert len(message) <= max_bytes, len(message)
    assert got_facility == facility, got_facility
    assert severity == SEVERITY[whole["severity_label"]], severity
    assert app == b"countermine" and msgid == "finding-" + whole["state"], msgid
    assert when == (whole["detected"] if whole["state"] == "new" else max(whole["detected"], whole["last_seen"])), when
    if record.get("cut"):
        assert len(message) + len(line) > max_bytes      # it had to be
        for key, value in record.items():
            if key not in LEFT_OUT + ("cut", "mining", "pool", "miner"):
                assert whole[key] == value, key
        assert [e for e in record.get("evidence", []) if e not in whole["evidence"]] == []
    else:
        assert record == whole
    return bool(record.get("cut"))


def check_cef(message, line, cef_line, max_bytes=8000):
    """A message with CEF: what -o cef wrote, or a part of it; and it says what -o json said."""
    whole = json.loads(line)
    m = MESSAGE.fullmatch(message)
    assert m and len(message) <= max_bytes, message[:200]
    text = m.group(7).decode("utf-8", "strict")
    signature, _, severity, pairs = flat_read.cef(text)
    assert (signature, severity) == (whole["kind"], {"critical": 10, "high": 8, "medium": 5, "low": 3}[whole["severity_label"]])
    assert int(m.group(1)) == 24 + SEVERITY[whole["severity_label"]]
    assert (pairs["externalId"], pairs["act"], pairs["src"]) == (whole["id"], whole["state"], whole["miner"]["ip"])
    if pairs.pop("countermineCut", None):
        all_pairs = flat_read.cef(cef_line)[3]
        assert len(pairs) < len(all_pairs) and len(message) - len(text.encode()) + len(cef_line.encode()) > max_bytes
        assert not [key for key, value in pairs.items() if all_pairs[key] != value]
        return True
    assert text == cef_line, text
    for key, name in (("duser", "login"), ("requestClientApplication", "agent")):
        assert "mining" not in whole or pairs.get(key) == whole["mining"].get(name), key
    assert pairs["msg"] == whole["title"] and pairs["countermineSummary"] == whole["summary"]
    return False


def as_cef(binary, where, capture, target, max_bytes=8000):
    """How many messages were cut."""
    cef = os.path.join(where, "out.cef")
    messages, lines = converse(binary, where, capture, target % {"dir": where}, "-o", "cef:" + cef, "--set",
                               "output.syslog_format=cef", "--set", "output.syslog_max_bytes=%d" % max_bytes)
    with open(cef, encoding="utf-8") as f:
        cef_lines = f.read().splitlines()
    assert len(messages) == len(lines) == len(cef_lines) > 0
    return sum(check_cef(m, line, cef_line, max_bytes) for m, line, cef_line in zip(messages, lines, cef_lines))


def cef_cut(binary, where, capture):
    assert as_cef(binary, where, capture, "%(dir)s/sock", 1024) > 0
    os.unlink(os.path.join(where, "sock"))
    assert as_cef(binary, where, capture, "%(dir)s/sock", 65000) == 0


def cef_hostile(binary, where):
    capture = os.path.join(where, "hostile.pcap")
    hostile_capture(capture)
    assert as_cef(binary, where, capture, "%(dir)s/sock") == 0


def check_all(messages, lines, **how):
    """Each record is one message, in order; gives how many were cut."""
    assert len(messages) == len(lines) > 0, "%d messages for %d records" % (len(messages), len(lines))
    return sum(check_message(m, line, **how) for m, line in zip(messages, lines))


# ---------------------------------------------------------------- hostile text

def in_json(byte):
    """A byte inside a JSON string as a miner can send it: as it is where that passes, escaped otherwise."""
    return b"\\u%04x" % byte if byte < 0x20 or byte in b'"\\' else bytes([byte])


def hostile_capture(path):
    """Miners whose agents and logins have each byte, alone and before each of some others."""
    packets, number = [], 0
    texts = [in_json(b) for b in range(256)]
    texts += [in_json(a) + in_json(b) for a in (0, 10, 13, 27, 34, 60, 92, 0xC2, 0xE2, 0xED, 0xF0, 0xFF) for b in range(256)]
    texts += ["\u202e\u2028\u2066\ufeff".encode(), b"\xed\xa0\x80", b"\xc0\x80", b"<27>1 - - - - - -", b"\\u0000\\r\\n<0>kernel: panic"]
    for text in texts:
        number += 1
        pool = "203.0.%d.%d" % (number // 200, number % 200 + 1)
        script = [dialogue.Say("c", b'{"id":1,"method":"mining.subscribe","params":["a' + text + b'z"]}\n'),
                  dialogue.Say("c", b'{"id":2,"method":"mining.authorize","params":["l' + text + b'n","x"]}\n')]
        miner = "10.0.%d.%d" % (number // 250, number % 250 + 1)  # one machine that tries so many pools would be a scan
        conversation = dialogue.Conversation(dialogue.Host(miner, 40000 + number % 20000), dialogue.Host(pool, 3333), script,
                                             seed=number, start_s=number)
        packets += conversation.packets()
    wire.write_file(path, packets)
    return number


# ---------------------------------------------------------------- rsyslog

RSYSLOG = """
global(workDirectory="%(dir)s" maxMessageSize="64k" parser.escapeControlCharactersOnReceive="off")
module(load="imuxsock" %(system)s)
%(inputs)s
template(name="t" type="list") { property(name="pri") constant(value="|") property(name="app-name") constant(value="|")
 property(name="msgid") constant(value="|") property(name="msg") constant(value="\\n") }
*.* action(type="omfile" file="%(dir)s/out" template="t")
"""
INPUTS = """
module(load="imudp")
input(type="imuxsock" Socket="%(dir)s/sock" useSpecialParser="off")
input(type="imudp" address="127.0.0.1" port="%(port)d" rcvbufSize="4m")
"""


class Rsyslog:
    """rsyslogd with its own configuration and sockets; prefix: how it is started."""

    def __init__(self, where, system, inputs):
        self.out = os.path.join(where, "out")
        conf = os.path.join(where, "rsyslog.conf")
        with open(conf, "w", encoding="ascii") as f:
            f.write(RSYSLOG % {"dir": where, "system": system, "inputs": inputs})
        self.command = ["rsyslogd", "-n", "-f", conf, "-i", os.path.join(where, "pid")]

    def lines(self, n, said):
        """The lines of what it wrote once there are n, or as many as there are after some time."""
        for _ in range(200):
            if os.path.exists(self.out):
                with open(self.out, encoding="utf-8") as f:
                    lines = f.read().split("\n")[:-1]
                lines = [line for line in lines if "|countermine|" in line]
                if len(lines) >= n:
                    break
            time.sleep(0.05)
        else:
            raise ValueError("rsyslog has not %d records; it said: %s" % (n, said))
        return lines


def check_rsyslog_cef(lines, cef_lines):
    assert [line.split("|", 3)[3] for line in lines] == cef_lines


def check_rsyslog(lines, records, with_msgid):
    assert len(lines) == len(records), "%d lines for %d records" % (len(lines), len(records))
    for line, whole in zip(lines, map(json.loads, records)):
        pri, app, msgid, text = line.split("|", 3)
        assert app == "countermine" and int(pri) == 24 + SEVERITY[whole["severity_label"]], line
        assert msgid == ("finding-" + whole["state"] if with_msgid else "-"), msgid
        record = json.loads(LOCAL.fullmatch(text).group(1))
        assert record["id"] == whole["id"] and record["revision"] == whole["revision"]
        if not record.get("cut"):
            assert record == whole


def free_port():
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def with_rsyslog(binary, where, capture, target, *more):
    """more: further arguments; with them the messages are CEF."""
    port = free_port()
    names = {"dir": where, "port": port}
    daemon = Rsyslog(where, 'SysSock.Use="off"', INPUTS % names)
    p = subprocess.Popen(daemon.command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    try:
        for _ in range(200):                             # its pid file is written before the sockets are there
            if os.path.exists(os.path.join(where, "sock")):
                break
            time.sleep(0.05)
        time.sleep(0.3)
        q, out = run(binary, where, capture, target % names, *(arg % names for arg in more))
        said = q.communicate()[0]
        assert q.returncode == 0, said
        with open(out, encoding="utf-8") as f:
            records = f.read().splitlines()
        lines = daemon.lines(len(records), said)
    finally:
        p.terminate()
        p.communicate()
    if more:
        with open(os.path.join(where, "out.cef"), encoding="utf-8") as f:
            check_rsyslog_cef(lines, f.read().splitlines())
    else:
        check_rsyslog(lines, records, True)


def as_system_log(binary, where, capture):
    """rsyslogd with its defaults on a /dev/log in a name space of mounts, and -o syslog without a path."""
    daemon = Rsyslog(where, "", "")
    script = """mkdir "$1/dev" && cp -a /dev/null /dev/zero /dev/random /dev/urandom "$1/dev" && mount --bind "$1/dev" /dev || exit 77
dir=$1; shift
rsyslogd -n -f "$dir/rsyslog.conf" -i "$dir/pid" & pid=$!
i=0; while [ ! -S /dev/log ] && [ $i -lt 100 ]; do sleep 0.1; i=$((i + 1)); done
sleep 0.3
"$@" </dev/null; status=$?
sleep 0.5
kill $pid; wait $pid
exit $status"""
    out = os.path.join(where, "out.json")
    p = subprocess.run(["unshare", "-m", "sh", "-c", script, "sh", where, binary, "-q", "-c", "/dev/null", "-r", capture,
                        "-o", "json:" + out, "-o", "syslog"], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60)
    assert p.returncode == 0, "exit status %d: %s" % (p.returncode, p.stdout)
    with open(out, encoding="utf-8") as f:
        records = f.read().splitlines()
    check_rsyslog(daemon.lines(len(records), p.stdout), records, False)


# ---------------------------------------------------------------- the tests

def reads_back(binary, where, capture, target, **more):
    messages, lines = converse(binary, where, capture, target % {"dir": where}, *more.pop("args", ()))
    return check_all(messages, lines, **more)


def hostile(binary, where, target):
    capture = os.path.join(where, "hostile.pcap")
    n = hostile_capture(capture)
    messages, lines = converse(binary, where, capture, target % {"dir": where})
    check_all(messages, lines)
    assert len({json.loads(line)["id"] for line in lines}) == n, "not all miners were found"
    for m in messages:
        assert not re.search(rb"[\x00-\x1f\x7f]", m), m


def cut(binary, where, capture):
    n_cut = reads_back(binary, where, capture, "%(dir)s/sock", args=("--set", "output.syslog_max_bytes=1K"), max_bytes=1024)
    assert n_cut > 0
    os.unlink(os.path.join(where, "sock"))
    assert reads_back(binary, where, capture, "%(dir)s/sock", args=("--set", "output.syslog_max_bytes=65000"), max_bytes=65000) == 0


def tests(binary):
    demo = os.path.join(HERE, "captures", "demo.pcap")
    daemon = shutil.which("rsyslogd") or shutil.which("rsyslogd", path="/usr/sbin:/sbin")
    root = daemon and os.geteuid() == 0
    no_daemon = "rsyslogd is not installed (./bootstrap install live)"
    yield "a socket of this machine", lambda d: reads_back(binary, d, demo, "%(dir)s/sock"), None
    yield "UDP", lambda d: reads_back(binary, d, demo, "udp:127.0.0.1:0"), None
    yield "UDP over IPv6", lambda d: reads_back(binary, d, demo, "udp:[::1]:0"), None if has_ipv6() else "there is no IPv6"
    yield "the facility is the configured one", lambda d: reads_back(
        binary, d, demo, "%(dir)s/sock", args=("--set", "output.syslog_facility=local7"), facility=23), None
    yield "messages are cut to their size, and only when they must", lambda d: cut(binary, d, demo), None
    yield "text of all bytes, over a socket of this machine", lambda d: hostile(binary, d, "%(dir)s/sock"), None
    yield "CEF by UDP", lambda d: as_cef(binary, d, demo, "udp:127.0.0.1:0"), None
    yield "CEF is cut to its size, and only when it must", lambda d: cef_cut(binary, d, demo), None
    yield "CEF with text of all bytes", lambda d: cef_hostile(binary, d), None
    yield "rsyslog, CEF by UDP", lambda d: with_rsyslog(binary, d, demo, "udp:127.0.0.1:%(port)d", "-o", "cef:%(dir)s/out.cef", "--set",
                                                        "output.syslog_format=cef"), None if daemon else no_daemon
    yield "rsyslog, UDP", lambda d: with_rsyslog(binary, d, demo, "udp:127.0.0.1:%(port)d"), None if daemon else no_daemon
    yield "rsyslog, a socket of its own", lambda d: with_rsyslog(binary, d, demo, "%(dir)s/sock"), None if daemon else no_daemon
    yield "rsyslog as the system's log", lambda d: as_system_log(binary, d, demo), None if root else no_daemon if not daemon else "not root"


def has_ipv6():
    try:
        with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as s:
            s.bind(("::1", 0))
    except OSError:
        return False
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--bin", required=True)
    binary = os.path.abspath(parser.parse_args().bin)
    os.environ["PATH"] += ":/usr/sbin:/sbin"
    n = failed = 0
    for name, test, reason in tests(binary):
        n += 1
        if reason and not (os.environ.get("CI") == "true" and "rsyslogd" in reason):
            print("ok %d - %s # SKIP %s" % (n, name, reason))
            continue
        where = tempfile.mkdtemp(prefix="syslog.", dir="/tmp")   # short: the path of a socket has 107 bytes
        os.chmod(where, 0o755)
        try:
            test(where)
            print("ok %d - %s" % (n, name))
        except (AssertionError, ValueError, OSError, subprocess.SubprocessError) as e:
            failed = 1
            print("not ok %d - %s" % (n, name))
            print("# " + ("%s: %s" % (type(e).__name__, e))[:2000].replace("\n", "\n# "))
        finally:
            shutil.rmtree(where)
        sys.stdout.flush()
    print("1..%d" % n)
    return failed


if __name__ == "__main__":
    sys.exit(main())
