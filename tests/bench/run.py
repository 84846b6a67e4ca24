#!/usr/bin/env python3
"""make bench: countermine beside other readers of the same capture.

For each peer, pairs of runs A B A B: A is `countermine -q -r FILE -o json`, B
the peer.  CPU seconds (user + system) come from wait4(2); ratios are taken
pair by pair and reported as median (least-greatest).  Every run of countermine
must find exactly the injected miners; a miss or an invention ends the bench.
Exit status: 0 all checks pass, 1 not, 2 usage.
"""

import argparse
import os
import shutil
import statistics
import sys
import tempfile
import time

import bench_common as common
import feed_rows
import memory_rows
from bench_common import BenchError


class Run:
    """What one child cost."""

    def __init__(self, usage, wall_s, status, output):
        self.cpu_s = usage.ru_utime + usage.ru_stime
        self.wall_s = wall_s
        self.rss_mb = usage.ru_maxrss / 1024.0
        self.status = status
        self.output = output


class Peer:
    def __init__(self, name, argv, pairs, version):
        self.name = name
        self.argv = argv
        self.pairs = pairs
        self.version = version
        self.runs = []
        self.ratios = []
        self.rss_mb = 0.0


def spawn(argv, out_fd):
    null = os.open(os.devnull, os.O_RDWR)
    try:
        return os.posix_spawn(argv[0], argv, os.environ, file_actions=[
            (os.POSIX_SPAWN_DUP2, null, 0), (os.POSIX_SPAWN_DUP2, out_fd, 1),
            (os.POSIX_SPAWN_DUP2, null, 2)])
    finally:
        os.close(null)


def run_child(argv, keep_output=False):
    """Runs argv to its end.  Errors go nowhere: peers print banners there."""
    with tempfile.TemporaryFile() as out:
        start = time.monotonic()
        pid = spawn(argv, out.fileno())
        _, status, usage = os.wait4(pid, 0)
        wall_s = time.monotonic() - start
        text = ""
        if keep_output:
            out.seek(0)
            text = out.read().decode("utf-8", "replace")
    code = -os.WTERMSIG(status) if os.WIFSIGNALED(status) else os.WEXITSTATUS(status)
    return Run(usage, wall_s, code, text)


def tree(pid):
    """pid and its descendants, from /proc."""
    pids = [pid]
    for parent in pids:
        try:
            for task in os.listdir("/proc/%d/task" % parent):
                with open("/proc/%d/task/%s/children" % (parent, task)) as f:
                    pids.extend(int(child) for child in f.read().split())
        except OSError:
            continue
    return pids


def peak_mb(pid):
    """Highest resident size of a process so far, or 0 (a child of ours that has not begun its program yet counts as 0)."""
    try:
        if os.readlink("/proc/%d/exe" % pid) == os.readlink("/proc/self/exe"):
            return 0.0
        with open("/proc/%d/status" % pid) as lines:
            for line in lines:
                if line.startswith("VmHWM:"):
                    return int(line.split()[1]) / 1024.0
    except OSError:
        pass
    return 0.0


def sample_peak(argv):
    """Runs argv untimed; the sum of its processes' peaks in MB, sampled.

    wait4's ru_maxrss never falls below this script's own size and counts only
    the greatest process; the kernel's VmHWM has neither fault.
    """
    with tempfile.TemporaryFile() as out:
        pid = spawn(argv, out.fileno())
        peaks = {}
        while os.wait4(pid, os.WNOHANG)[0] == 0:
            for member in tree(pid):
                peaks[member] = max(peaks.get(member, 0.0), peak_mb(member))
            time.sleep(0.002)
    return sum(peaks.values())


def sensor_run(argv, expect):
    run = run_child(argv, keep_output=True)
    if run.status != 0:
        raise BenchError("%s: exit status %d" % (argv[0], run.status))
    common.check_findings(run.output, expect)
    return run


def find_peers(args, capture):
    """The peers that are installed, and lines about those that are not."""
    peers = []
    notes = []

    def add(name, tool, tail, pairs, version):
        path = tool if os.path.sep in tool else shutil.which(tool)
        if path is None or not os.path.exists(path):
            notes.append("%s: not installed, skipped" % name)
            return
        peers.append(Peer(name, [path] + tail, pairs, version(path)))

    add("dd bs=128k", "dd", ["if=" + capture, "of=/dev/null", "bs=128k"],
        args.pairs, lambda p: common.first_line([p, "--version"]))
    add("libpcap loop", os.path.abspath(args.loop), [capture], args.pairs,
        lambda p: common.first_line([p, "-V"]))
    as_root = ["-Z", "root"] if os.geteuid() == 0 else []
    add("tcpdump -w", "tcpdump", as_root + ["-r", capture, "-w", "/dev/null"],
        args.pairs, lambda p: common.first_line([p, "--version"], "version"))
    add("ndpiReader -q", "ndpiReader", ["-i", capture, "-q"],
        min(args.slow_pairs, args.pairs),
        lambda p: common.first_line([p, "-h"], "nDPI "))
    return peers, notes


def measure(peer, sensor_argv, expect, ours):
    """Runs the pairs; False with a note when the peer fails."""
    peer.rss_mb = sample_peak(peer.argv)
    for _ in range(peer.pairs):
        a = sensor_run(sensor_argv, expect)
        b = run_child(peer.argv)
        ours.append(a)
        if b.status != 0:
            print("%s: ended with status %d, skipped" % (peer.name, b.status))
            return False
        peer.runs.append(b)
        peer.ratios.append(a.cpu_s / max(b.cpu_s, 1e-6))
    return True


def median(runs, field):
    return statistics.median(getattr(run, field) for run in runs)


def rss(runs, sampled, floor_mb):
    """Peak RSS: sampled, or for a run too short for that wait4's, where it says more than its floor."""
    reported = max(run.rss_mb for run in runs)
    return sampled or (reported if reported > floor_mb * 1.1 else 0.0)


def print_table(rows, n_packets):
    layout = "%-16s %7s %8s %10s %7s %9s  %s"
    print(layout % ("tool", "CPU s", "wall s", "ns/packet", "Mpps", "RSS MB",
                    "CPU ratio countermine/tool"))
    for name, runs, rss_mb, ratios in rows:
        cpu = median(runs, "cpu_s")
        ratio = "%.2f (%.2f-%.2f), %d pairs" % (
            statistics.median(ratios), min(ratios), max(ratios),
            len(ratios)) if ratios else "1"
        print(layout % (name, "%.3f" % cpu, "%.3f" % median(runs, "wall_s"),
                        "%.0f" % (cpu * 1e9 / n_packets),
                        "%.2f" % (n_packets / cpu / 1e6), "%.1f" % rss_mb, ratio))


def verdict(name, value, good, limit):
    print("%s: %s: %s (%s)" % ("PASS" if good else "FAIL", name, value, limit))
    return good


def check(args, peers, our_rss_mb):
    ok = True
    ratios = {p.name: statistics.median(p.ratios) for p in peers if p.ratios}
    if "libpcap loop" in ratios:
        r = ratios["libpcap loop"]
        ok &= verdict("CPU against the libpcap loop", "%.2fx" % r,
                      r <= args.max_loop, "at most %.2fx" % args.max_loop)
    else:
        ok &= verdict("CPU against the libpcap loop", "not measured", False,
                      "at most %.2fx" % args.max_loop)
    if "ndpiReader -q" in ratios:
        r = 1 / ratios["ndpiReader -q"]
        ok &= verdict("ndpiReader's CPU against ours", "%.1fx" % r,
                      r >= args.min_ndpi, "at least %.1fx" % args.min_ndpi)
    else:
        print("SKIP: ndpiReader's CPU against ours: not measured")
    ok &= verdict("peak RSS", "%.1f MB" % our_rss_mb,
                  our_rss_mb <= args.max_rss, "at most %.0f MB" % args.max_rss)
    return ok


def bench(args, capture):
    start = time.monotonic()
    stats = common.generate(args.gen, capture, ["-n", str(args.packets),
                                                "--variant", args.variant])
    n_packets = int(stats["packets"])
    expect = common.read_expect(capture + ".expect")
    print(common.machine_line())
    print(common.describe_capture(stats))
    print("generated in %.1f s" % (time.monotonic() - start))
    peers, notes = find_peers(args, capture)
    for peer in peers:
        print("peer: %s: %s" % (peer.name, peer.version))
    for note in notes:
        print(note)
    sys.stdout.flush()

    # Two reads of the file: it is in the page cache afterwards if it fits.
    sensor_argv = [os.path.abspath(args.bin), "-q", "-r", capture, "-o", "json"]
    sensor_run(sensor_argv, expect)
    our_sampled = sample_peak(sensor_argv)
    floor_mb = run_child([shutil.which("true") or "/bin/true"]).rss_mb
    ours = []
    measured = [p for p in peers if measure(p, sensor_argv, expect, ours)]
    if not ours:
        raise BenchError("no peer to compare with")
    our_rss = rss(ours, our_sampled, floor_mb)
    rows = [("countermine", ours, our_rss, [])]
    rows += [(p.name, p.runs, rss(p.runs, p.rss_mb, floor_mb), p.ratios)
             for p in measured]
    print_table(rows, n_packets)
    print("each of %d runs of countermine found exactly the %d injected miners" %
          (len(ours) + 1, len(expect)))
    print("load average at the end %.2f %.2f %.2f" % os.getloadavg())
    good = check(args, measured, our_rss)
    if args.feed:
        good = feed_rows.check(args, verdict) and good
    if args.memory:
        good = memory_rows.check(args, verdict) and good
    return good


def parse(argv):
    p = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    p.add_argument("--bin", required=True, help="the countermine program")
    p.add_argument("--loop", required=True, help="the bench-loop program")
    p.add_argument("--memory", help="the bench-memory program, for the row of remembered answers")
    p.add_argument("--gen", required=True, help="the bench-gen program")
    p.add_argument("--feed", help="the bench-feed program, for the rows of lists")
    p.add_argument("--dir", default=os.environ.get("TMPDIR", "/tmp"),
                   help="where the capture goes (default $TMPDIR or /tmp)")
    p.add_argument("--keep", action="store_true", help="keep the capture")
    p.add_argument("--pairs", type=int, help="pairs per peer (default 9)")
    p.add_argument("--slow-pairs", type=int, default=3,
                   help="pairs for ndpiReader (default 3)")
    p.add_argument("--packets", type=int, help="default 2300000")
    p.add_argument("--variant", default="mix",
                   choices=["mix", "json", "syn", "small"])
    p.add_argument("--quick", action="store_true",
                   help="100000 packets, 3 pairs, where not told otherwise; the "
                   "findings are asserted, the figures are rough")
    p.add_argument("--max-loop", type=float, default=1.0, metavar="X",
                   help="greatest CPU ratio to the libpcap loop (default 1.0)")
    p.add_argument("--min-ndpi", type=float, default=8.0, metavar="X",
                   help="least CPU ratio of ndpiReader to us (default 8)")
    p.add_argument("--max-rss", type=float, default=40.0, metavar="MB",
                   help="greatest peak RSS (default 40)")
    args = p.parse_args(argv)
    args.pairs = args.pairs or (3 if args.quick else 9)
    args.packets = args.packets or (100000 if args.quick else 2300000)
    if args.pairs < 1 or args.slow_pairs < 1:
        p.error("want at least one pair")
    return args


def main(argv):
    args = parse(argv)
    capture = os.path.join(os.path.abspath(args.dir),
                           "countermine-bench-%d.pcap" % os.getpid())
    try:
        return 0 if bench(args, capture) else 1
    except (BenchError, OSError) as why:
        print("FAIL: %s" % why)
        return 1
    finally:
        if not args.keep:
            common.remove([capture, capture + ".expect"])
        else:
            print("kept: " + capture)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
