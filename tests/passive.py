#!/usr/bin/env python3
"""Passive DNS of a live run: DNS in VXLAN by a UDP socket on loopback, which needs no privilege; prints TAP.

usage: passive.py --bin PATH/countermine

The packets are those of the golden capture dns-vxlan, whose expected-dns.json says what must be written. Checked: the objects, the rate
and its counters, and HUP, which switches the output on and off while the workers go on.
"""
import argparse
import http.client
import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, os.path.join(HERE, "gen"))

import tap  # noqa: E402
import wire  # noqa: E402

GOLDEN = os.path.join(HERE, "golden", "dns-vxlan")
OTHER_KEYS = {"time", "file", "frame", "outer_src"}  # of the capture, not of the message
WAIT_S = 15
UDP_PAYLOAD = 42                                     # behind Ethernet, IPv4, UDP


def free_port(kind):
    with socket.socket(socket.AF_INET, kind) as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def messages():
    """The datagrams of the capture: VXLAN."""
    return [p.data[UDP_PAYLOAD:] for p in wire.read_file(os.path.join(GOLDEN, "input.pcap"))]


def essence(lines):
    return [{k: v for k, v in json.loads(line).items() if k not in OTHER_KEYS} for line in lines]


def expected():
    with open(os.path.join(GOLDEN, "expected-dns.json"), encoding="utf-8") as f:
        return essence(f.read().splitlines())


def until(condition, what):
    end = time.monotonic() + WAIT_S
    while not condition():
        if time.monotonic() > end:
            raise AssertionError("not in %d s: %s" % (WAIT_S, what))
        time.sleep(0.02)


class Sensor:
    def __init__(self, binary, where, outputs, settings=()):
        os.chmod(where, 0o777)  # started by root it becomes another user, who opens outputs anew
        self.where, self.port, self.status = where, free_port(socket.SOCK_DGRAM), free_port(socket.SOCK_STREAM)
        self.conf = os.path.join(where, "countermine.conf")
        self.configure(outputs)
        words = ["tunnels.vxlan_ports=%d" % self.port, "tunnels.geneve_ports=%d" % free_port(socket.SOCK_DGRAM), "capture.workers=1",
                 "status.listen=127.0.0.1:%d" % self.status, "feeds.builtin=no", *settings]
        self.err = open(os.path.join(where, "err"), "w+", encoding="utf-8")
        self.process = subprocess.Popen([binary, "-c", self.conf, "-i", "udp:127.0.0.1"] + [w for s in words for w in ("--set", s)], cwd=where,
                                        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=self.err)
        until(lambda: '"what":"started"' in self.read("f.json"), "a start")

    def configure(self, outputs):
        with open(self.conf, "w", encoding="utf-8") as f:
            f.write("[output]\nto = %s\n" % " ".join(outputs))

    def read(self, name):
        try:
            with open(os.path.join(self.where, name), encoding="utf-8") as f:
                return f.read()
        except FileNotFoundError:
            return ""

    def send(self, datagrams):
        with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as s:
            for d in datagrams:
                s.sendto(d, ("127.0.0.1", self.port))

    def figures(self):
        """While one report takes the place of another, a question may be lost with the old one."""
        end = time.monotonic() + WAIT_S
        while True:
            try:
                return self.ask()
            except OSError:
                if time.monotonic() > end:
                    raise
                time.sleep(0.02)

    def ask(self):
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % self.status, timeout=WAIT_S) as answer:
            text = answer.read().decode()
        return {name: int(value) for name, value in re.findall(r"^countermine_((?:passive_dns|packets_total)\S*) (\d+)$", text, re.M)}

    def hup(self, n):
        self.process.send_signal(signal.SIGHUP)
        until(lambda: self.read("f.json").count('"what":"conf-reloaded"') == n, "a reload")

    def stop(self):
        self.process.terminate()
        status = self.process.wait(WAIT_S)
        self.err.seek(0)
        said = self.err.read()
        self.err.close()
        if status:
            raise AssertionError("exit status %d; %s" % (status, said[-2000:]))


def reloads(sensor, what):
    """How often this was read anew, by result; {} while one report takes the place of another."""
    try:
        with urllib.request.urlopen("http://127.0.0.1:%d/metrics" % sensor.status, timeout=WAIT_S) as answer:
            text = answer.read().decode()
    except OSError:
        return {}
    name = 'countermine_reloads_total{what="%s",result="' % what
    return {line[len(name):].split('"')[0]: int(line.split()[-1]) for line in text.splitlines() if line.startswith(name)}


def with_sensor(binary, outputs, settings, do):
    with tempfile.TemporaryDirectory() as where:
        sensor = Sensor(binary, where, outputs, settings)
        try:
            do(sensor)
            sensor.stop()
        except BaseException:
            sensor.process.kill()
            sensor.process.wait()
            raise
        finally:
            sensor.err.close()


def all_messages(sensor):
    want = expected()
    sensor.send(messages())
    until(lambda: sensor.read("d.json").count("\n") == len(want), "%d lines" % len(want))
    assert essence(sensor.read("d.json").splitlines()) == want, sensor.read("d.json")
    assert '"event":"dns"' not in sensor.read("f.json")
    until(lambda: sensor.figures()['passive_dns_total{state="made"}'] == len(want), "the counters")


def rate(sensor):
    """Three at once, and three a second: all are counted one way or the other."""
    n = 20 * len(messages())
    begin = time.monotonic()
    sensor.send(messages() * 20)
    most = 3 + 3 * (time.monotonic() - begin + 1)
    until(lambda: sum(v for k, v in sensor.figures().items() if k.startswith("passive_dns_total")) == n, "%d counted" % n)
    made = sensor.figures()['passive_dns_total{state="made"}']
    assert 3 <= made <= most, (made, most)
    assert sensor.figures()['passive_dns_total{state="over_rate"}'] == n - made
    until(lambda: sensor.read("d.json").count("\n") == made, "%d lines" % made)


def made_of(sensor, total):
    """How many of some messages were made lines, once all have been seen; and how many were seen by then."""
    total += len(messages())
    before = sensor.figures()['passive_dns_total{state="made"}']
    sensor.send(messages())
    until(lambda: sensor.figures()["packets_total"] == total, "%d packets" % total)
    return sensor.figures()['passive_dns_total{state="made"}'] - before, total


def reload(sensor):
    """A worker hears of it a little after the event is written, so the first messages may still go the old way."""
    n, total = made_of(sensor, 0)
    assert n == 0 and sensor.read("d.json") == ""
    for generation, outputs, want in ((1, ["json:f.json", "dns:d.json"], len(messages())), (2, ["json:f.json"], 0)):
        sensor.configure(outputs)
        sensor.hup(generation)
        for _ in range(20):
            n, total = made_of(sensor, total)
            if n == want:
                break
        assert n == want, (generation, n)
    assert sensor.read("d.json").count("\n") >= len(messages())


def health(sensor):
    with urllib.request.urlopen("http://127.0.0.1:%d/healthz" % sensor.status, timeout=WAIT_S) as answer:
        return json.load(answer)


def told(sensor):
    """HUP with what is broken is told as that, with the reason; the time that the sensor is up goes on."""
    until(lambda: health(sensor)["uptime_s"] >= 1, "a second")
    sensor.hup(1)
    up = health(sensor)["uptime_s"]
    assert up >= 1, up
    sensor.configure(["json:f.json\nmax_rat = 3"])
    sensor.process.send_signal(signal.SIGHUP)
    until(lambda: '"what":"conf-refused"' in sensor.read("f.json"), "a refusal")
    event = [json.loads(line) for line in sensor.read("f.json").splitlines() if '"conf-refused"' in line][0]
    assert "countermine.conf:3: output.max_rat: there is no such key" in event["detail"], event
    until(lambda: ": not reloaded: " in sensor.read("err"), "a word of that")
    assert sensor.read("err").count(": reloaded\n") == 1, sensor.read("err")


def asked_meanwhile(sensor):
    """Who asks for the figures while one report takes the place of another gets them whole, from the one or the other."""
    end = threading.Event()
    got = []

    def ask():
        while not end.is_set():
            try:
                sensor.ask()
                got.append("")
            except (OSError, http.client.HTTPException) as e:
                got.append(repr(e))

    asking = [threading.Thread(target=ask) for _ in range(2)]
    for thread in asking:
        thread.start()
    try:
        for n in range(1, 6):
            sensor.hup(n)
    finally:
        end.set()
        for thread in asking:
            thread.join()
    assert len(got) >= 10 and not any(got), (len(got), [e for e in got if e][:3])


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    binary = os.path.abspath(a.parse_args().bin)
    both = ["json:f.json", "dns:d.json"]
    tests = [("each message is a line", both, [], all_messages), ("messages beyond the rate are counted", both, ["output.dns_max_rate=3"], rate),
             ("HUP switches the output on and off", ["json:f.json"], [], reload), ("HUP is told as what it was", ["json:f.json"], [], told),
             ("HUP leaves no question over HTTP without its answer", ["json:f.json"], [], asked_meanwhile)]
    return tap.run([(name, lambda test=test: with_sensor(binary, *test)) for name, *test in tests])


if __name__ == "__main__":
    sys.exit(main())
