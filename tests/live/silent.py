"""The sensor sends nothing into the network it listens to, and outlives what happens to the interface."""
import os
import signal
import subprocess
import time

from lab import Lab, Sensor, Tap, need, result, run, say, settled, size, sum_of, wait_for

need("tcpdump")
SECONDS = size(10, 120)
next_miner = 0


def finds(world, sensor, what):
    """A new miner is found now."""
    global next_miner
    next_miner += 1
    ip = "10.1.0.%d" % next_miner
    world.blast("miners", "--first", next_miner, "--count", 1, "--rounds", 2, "--rate", 100)
    got = wait_for(lambda: any(f["miner"]["ip"] == ip for f in sensor.findings().values()), 5)
    Tap.check("a miner is found %s" % what, got, "" if got else sensor.said()[-400:])


def told(sensor, word):
    return wait_for(lambda: any(word in e.get("detail", "") for e in sensor.sensor_events("interface")), 5)


world_ = Lab()
sensor_ = Sensor(world_, conf="[capture]\nworkers = 2\n").start()
pcap = world_.path("out.pcap")
listener = world_.start(world_.inside, "tcpdump", "-i", world_.tap, "-Q", "out", "-U", "-w", pcap, stderr=subprocess.PIPE, text=True)
wait_for(lambda: os.path.exists(pcap), 5)
time.sleep(0.5)
before = world_.counters()[1]["packets"]
load = world_.start_blast("mix", "--rate", 50000, "--seconds", SECONDS)
finds(world_, sensor_, "under load")
sensor_.signal(signal.SIGHUP)
sent = result(load, SECONDS + 30)
settled(sensor_, sent["frames"])
listener.send_signal(signal.SIGINT)
heard = listener.communicate(timeout=10)[1]
own = world_.counters()[1]["packets"] - before
n = len(run("tcpdump", "-n", "-r", pcap).splitlines())
Tap.check("nothing is sent in %d s with load and a HUP" % SECONDS, n == 0 and own == 0,
          "%d packets by tcpdump, %d by the interface; %s" % (n, own, heard.strip().splitlines()[-3:]))
say("load: %s" % sent)

run("ip", "-n", world_.inside, "link", "set", world_.tap, "down")
Tap.check("down is told", told(sensor_, "down"), sensor_.said()[-300:])
run("ip", "-n", world_.inside, "link", "set", world_.tap, "up")
wait_for(lambda: any("is up" in e.get("detail", "") for e in sensor_.sensor_events("interface")), 5)
finds(world_, sensor_, "after down and up")

for mtu in ("1500", "9000"):
    run("ip", "-n", world_.inside, "link", "set", world_.tap, "mtu", mtu)
finds(world_, sensor_, "after changes of the MTU")

run("ip", "-n", world_.out, "link", "del", world_.wire)
Tap.check("that the interface is gone is told", told(sensor_, "gone"), sensor_.said()[-300:])
time.sleep(size(1, 5))
world_.make_pair()
wait_for(lambda: sensor_.said().count("is up") >= 2, 10)
time.sleep(1)
finds(world_, sensor_, "after the interface was deleted and made again")
Tap.check("both workers are at work", wait_for(lambda: sum_of(sensor_.metrics(), "worker_up") == 2, 10, 0.3))
status, _ = sensor_.stop()
Tap.check("ends well", status == 0, sensor_.said()[-300:] if status else "")
Tap.done()
