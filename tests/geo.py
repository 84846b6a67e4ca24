#!/usr/bin/env python3
"""The places of pools, by databases that make.pl writes: of captures, and of a live run that is told to read them anew; prints TAP.

usage: geo.py --bin PATH/countermine

mmdblookup, which reads the same databases, says what must be found. Then databases that cannot be used, and HUP, which keeps
the ones before when the new ones are broken.
"""
import argparse
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.dont_write_bytecode = True
sys.path.insert(0, HERE)

import passive  # noqa: E402
import tap  # noqa: E402

PACKAGES = "(Debian: apt install libmaxmind-db-writer-perl mmdb-bin)"
POOL_4, POOL_6 = "203.0.113.9", "2001:db8:1::a"  # of the captures cn-plain and cn-ipv6-frag
KEYS = ("asn", "as_org", "country", "city")
PATHS = {"asn": ("autonomous_system_number",), "as_org": ("autonomous_system_organization",), "country": ("country", "iso_code"),
         "city": ("city", "names", "en")}


def make(folder):
    try:
        subprocess.run(["perl", os.path.join(HERE, "geo", "make.pl"), folder], check=True, capture_output=True, text=True)
        subprocess.run(["mmdblookup", "--version"], check=True, capture_output=True)
    except FileNotFoundError as e:
        raise AssertionError("%s is missing %s" % (e.filename, PACKAGES)) from e
    except subprocess.CalledProcessError as e:
        raise AssertionError("%s %s" % (e.stderr, PACKAGES)) from e


def lookup(path, address, keys):
    """What mmdblookup finds under the keys, or None."""
    said = subprocess.run(["mmdblookup", "--file", path, "--ip", address, *keys], capture_output=True, text=True, check=False).stdout
    found = re.search(r'^\s*(?:"(.*)"|(\d+)) <', said, re.M)
    return (found.group(1) if found.group(2) is None else int(found.group(2))) if found else None


def age(path, built):
    """Lets a database have been built at this time."""
    with open(path, "r+b") as f:
        data = f.read()
        at = data.rindex(b"build_epoch") + len(b"build_epoch")
        n = data[at]
        if n > 8 or data[at + 1] != 2:
            raise AssertionError("no build_epoch of 64 bits")
        f.seek(at + 2)
        f.write(struct.pack(">Q", built)[8 - n:])


class Test:
    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder

    def path(self, name):
        return os.path.join(self.folder, name)

    def run(self, *args, **settings):
        words = [w for k, v in settings.items() for w in ("--set", "geo.%s=%s" % (k, v))]
        return subprocess.run([self.binary, "-c", "/dev/null", *words, *args], capture_output=True, text=True, check=False)

    def findings(self, golden, **settings):
        done = self.run("-q", "-o", "json", "-r", os.path.join(HERE, "golden", golden, "input.pcap"), **settings)
        assert done.returncode == 0 and not done.stderr, done.stderr
        return [json.loads(line) for line in done.stdout.splitlines()]

    def pools(self, golden, **settings):
        """The place in each finding of a capture, which is the same in all of them."""
        places = [{k: f["pool"][k] for k in KEYS if k in f["pool"]} for f in self.findings(golden, **settings)]
        assert places and all(p == places[0] for p in places), places
        return places[0]

    def known(self):
        asn, city = self.path("asn.mmdb"), self.path("city.mmdb")
        for golden, address in (("cn-plain", POOL_4), ("cn-ipv6-frag", POOL_6)):
            wanted = {k: lookup(asn if k.startswith("as") else city, address, PATHS[k]) for k in KEYS}
            wanted["country"] = wanted["country"] or lookup(city, address, ("registered_country", "iso_code"))
            wanted = {k: v for k, v in wanted.items() if v is not None}
            assert len(wanted) >= 3, wanted
            got = self.pools(golden, asn=asn, country=city)
            assert got == wanted, (got, wanted)

    def order(self):
        keys = list(self.findings("cn-plain", asn=self.path("asn.mmdb"), country=self.path("city.mmdb"))[0]["pool"])
        assert [k for k in keys if k in KEYS] == list(KEYS), keys

    def either_key(self):
        for key in ("asn", "country"):
            got = self.pools("cn-plain", **{key: self.path("both.mmdb")})
            assert got == {"asn": 64502, "as_org": "Both", "country": "SE"}, (key, got)

    def not_known(self):
        """An address of IPv6 in a database of IPv4, and one of the own network, which the database has: the finding is as without."""
        for golden, name in (("cn-ipv6-frag", "both.mmdb"), ("daemon-rpc", "asn.mmdb")):
            got = self.findings(golden, asn=self.path(name))
            assert got == self.findings(golden), golden
            assert not any(k in f.get("pool", {}) for f in got for k in KEYS), golden

    def checked(self):
        done = self.run("-T", asn=self.path("asn.mmdb"), country=self.path("old.mmdb"))
        assert done.returncode == 0, done.stderr
        assert re.search(r"^autonomous systems: \S+/asn.mmdb: GeoLite2-ASN, IPv4 and IPv6, \d+ nodes, 4 entries, \d+ bytes, built "
                         r"\d{4}-\d\d-\d\d$", done.stdout, re.M), done.stdout
        assert re.search(r"^countries: \S+/old.mmdb: .*, built 2020-01-01: OLD, ", done.stdout, re.M), done.stdout

    def refused(self):
        conf = self.path("conf")
        for name, word in (("absent.mmdb", "cannot be opened: No such file or directory"), ("other.mmdb", "has no countries"),
                           ("conf", "is no database of the form MaxMind DB"), (".", "is a directory")):
            with open(conf, "w", encoding="utf-8") as f:
                f.write("[geo]\n\ncountry = %s\n" % self.path(name))
            for what in (["-T"], ["-r", os.path.join(HERE, "golden", "cn-plain", "input.pcap")]):
                done = subprocess.run([self.binary, "-c", conf, *what], capture_output=True, text=True, check=False)
                assert done.returncode == 2 and not done.stdout.startswith("{"), done
                assert "%s:3: geo.country: %s %s" % (conf, self.path(name), word) in done.stderr, done.stderr

    def cut(self):
        """Each beginning of a database is refused, or says what the whole one says, or less."""
        with open(self.path("asn.mmdb"), "rb") as f:
            data = f.read()
        for n in range(0, len(data), 37):
            with open(self.path("cut.mmdb"), "wb") as f:
                f.write(data[:n])
            done = self.run("-T", asn=self.path("cut.mmdb"))
            assert done.returncode == 2 and "cut.mmdb" in done.stderr, (n, done)

    def live(self, name, change, event, place):
        """Mining is seen with one database; after HUP with another, the end of its finding has the place of the one in use."""
        with tempfile.TemporaryDirectory() as where:
            shutil.copy(self.path("both.mmdb"), os.path.join(where, "geo.mmdb"))
            sensor = passive.Sensor(self.binary, where, ["json:f.json"],
                                    ["geo.asn=%s" % os.path.join(where, "geo.mmdb"), "output.max_rate=unlimited"])
            try:
                packets = passive.wire.read_file(os.path.join(HERE, "golden", "cn-vxlan", "input.pcap"))
                sensor.send([p.data[passive.UDP_PAYLOAD:] for p in packets])
                passive.until(lambda: '"kind":"mining"' in sensor.read("f.json"), "a finding")
                change(os.path.join(where, "geo.mmdb"))
                sensor.process.send_signal(signal.SIGHUP)
                passive.until(lambda: '"what":"%s"' % event in sensor.read("f.json"), event)
                figures = {"taken": int(event == "geo-reloaded"), "refused": int(event == "geo-refused")}
                passive.until(lambda: passive.reloads(sensor, "places") == figures, "the figures of that")
            finally:
                sensor.stop()
            lines = [json.loads(line) for line in sensor.read("f.json").splitlines()]
        assert "geo.mmdb" in [e["detail"] for e in lines if e.get("what") == event][0] or event == "geo-reloaded", name
        found = [f for f in lines if f["event"] == "finding" and f["kind"] == "mining"]
        assert found[0]["pool"]["asn"] == 64502, found[0]["pool"]
        assert found[-1]["state"] == "closed" and found[-1]["pool"]["asn"] == place, found[-1]["pool"]

    def hup_good(self):
        def change(path):
            shutil.copy(self.path("asn.mmdb"), path + "-new")
            os.replace(path + "-new", path)
        self.live("good", change, "geo-reloaded", 64496)

    def hup_broken(self):
        def change(path):
            os.truncate(path, 100)  # in place: what is in use does not change
        self.live("broken", change, "geo-refused", 64502)


def main():
    a = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    a.add_argument("--bin", required=True)
    with tempfile.TemporaryDirectory() as folder:
        os.chmod(folder, 0o755)
        t = Test(os.path.abspath(a.parse_args().bin), folder)
        tests = [("places are those that mmdblookup finds", t.known), ("keys are in the order of the manual", t.order),
                 ("one database for both stands in either key", t.either_key), ("what is not known is left out", t.not_known),
                 ("-T says what they are and how old", t.checked), ("what is no such database is refused, with its line", t.refused),
                 ("what is cut is refused", t.cut), ("HUP brings the new ones", t.hup_good),
                 ("HUP keeps the ones before when the new are broken", t.hup_broken)]
        return tap.run([("make.pl makes the databases", lambda: prepare(t))] + tests)


def prepare(t):
    make(t.folder)
    shutil.copy(t.path("city.mmdb"), t.path("old.mmdb"))
    age(t.path("old.mmdb"), 1577836800)


if __name__ == "__main__":
    sys.exit(main())
