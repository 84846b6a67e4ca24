"""Site lists while listening: one that comes with HUP closes open findings at once, one that is broken changes nothing, a row that
expires brings its finding back, and all of it outlives the death of the process that writes findings."""
import os
import signal
import time

from lab import Lab, Sensor, Tap, need, sum_of, wait_for

need()
COLUMNS = "client,wallet,reason,expires\n"
world = Lab()
lists = world.path("allow.csv")


def write_list(rows):
    with open(lists, "w") as f:
        f.write(COLUMNS + rows)


def events(state, ip):
    return [e for e in sensor.events() if e.get("event") == "finding" and e["kind"] == "mining" and e["state"] == state and e["miner"]["ip"] == ip]


def hup(what="conf-reloaded"):
    seen = len(sensor.sensor_events(what))
    begin = time.time()
    sensor.signal(signal.SIGHUP)
    Tap.check("HUP is told as %s" % what, bool(wait_for(lambda: len(sensor.sensor_events(what)) > seen, 10)), sensor.said()[-300:])
    return begin


FIRST, SECOND, THIRD = "10.1.0.0", "10.1.0.1", "10.1.0.2"
write_list("10.1.0.0/32,w99*,not its wallet,\n")
sensor = Sensor(world, conf="[capture]\nworkers = 2\n[output]\nmax_rate = unlimited\n[site]\nallow = %s\n" % lists).start()
# Three miners; each hands in a share every second.
miners = world.start_blast("miners", "--count", 3, "--rounds", 100000, "--rate", 6)
Tap.check("miners are found", bool(wait_for(lambda: len([f for f in sensor.findings().values() if f["kind"] == "mining"]) == 3, 20)))
Tap.check("none is allowed", sum_of(sensor.metrics(), "allowed_records_total") == 0)

write_list('%s,,"a test, ticket 4711",\n' % FIRST)
begin_ = hup()
closed = wait_for(lambda: events("closed", FIRST), 5)
Tap.check("what is allowed now is closed at once", len(closed) == 1, "%.0f ms after HUP" % ((time.time() - begin_) * 1000))
Tap.check("with the reason, file and line", bool(closed) and closed[0]["summary"].endswith("Closed, because it is allowed: a test, ticket 4711, %s:2." % lists),
          closed[0]["summary"][-150:] if closed else "")
Tap.check("it goes on unheard", wait_for(lambda: sum_of(sensor.metrics(), "allowed_records_total") > 0, 120, 1) and len(events("new", FIRST)) == 1)
Tap.check("the others are open", not events("closed", SECOND) and not events("closed", THIRD))
Tap.check("it is counted once as closed", sum_of(sensor.metrics(), "allowed_closed_total") == 1)
sensor.signal(signal.SIGUSR1)
Tap.check("USR1 tells what the row did", bool(wait_for(lambda: "allow.csv:2: " in sensor.said() and "a test, ticket 4711" in sensor.said(), 5)), sensor.said()[-400:])

write_list("%s,,x,\n%s,,y\"z,\n10.0.0.1/8,,z,\n" % (FIRST, SECOND))
taken_up = sensor.said().count("took up")
hup("conf-refused")
Tap.check("a broken list is named with line and column", "allow.csv:4: column 1, client" in sensor.said(), sensor.said()[-300:])
Tap.check("and the one before stays", len(events("new", FIRST)) == 1 and not events("closed", SECOND))

# The one that HUP replaces is told to end; only its successor's death is a surprise.
wait_for(lambda: sensor.said().count("took up") > taken_up, 10)
_, others = sensor.workers_and_reports()
for pid in others:
    os.kill(pid, signal.SIGKILL)
wait_for(lambda: sensor.sensor_events("report-restarted"), 10)
Tap.check("the process that writes findings was replaced", bool(sensor.sensor_events("report-restarted")))
time.sleep(2.5)
Tap.check("and still allows, without a word", len(events("new", FIRST)) == 1 and len(events("closed", FIRST)) == 1)

until = time.time() + 6
write_list("%s,,for a while,%s\n%s,,for good,\n" % (SECOND, time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until)), THIRD))
hup()
Tap.check("the other two are closed", bool(wait_for(lambda: events("closed", SECOND) and events("closed", THIRD), 5)))
again = wait_for(lambda: events("new", FIRST)[1:], 90, 0.2)
Tap.check("one whose row is gone is new again, with its shares", bool(again) and again[0]["mining"]["shares"]["accepted"] > 2 and again[0]["revision"] == 1,
          again[0]["mining"] if again else "")
again = wait_for(lambda: events("new", SECOND)[1:], 90, 0.2)
Tap.check("one whose row expired too", bool(again) and again[0]["detected"] >= time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(until)),
          again[0]["detected"] if again else "")
Tap.check("the third stays silent", len(events("new", THIRD)) == 1)
miners.terminate()
status, _ = sensor.stop()
Tap.check("it ends well", status == 0, sensor.said()[-300:] if status else "")
Tap.done()
