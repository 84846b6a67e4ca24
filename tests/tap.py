"""Runs tests one after the other and prints TAP."""
import sys


def run(tests):
    """tests: (name, what to call) each; one fails by an exception. The exit status."""
    print("1..%d" % len(tests))
    failed = 0
    for number, (name, do) in enumerate(tests, 1):
        complaint = None
        try:
            do()
        except Exception as e:  # noqa: BLE001: each is a failed test
            complaint = "%s: %s" % (type(e).__name__, e)
        failed += complaint is not None
        print("%s %d - %s" % ("not ok" if complaint else "ok", number, name))
        if complaint:
            print("# " + complaint.replace("\n", "\n# ")[:2000])
        sys.stdout.flush()
    return 1 if failed else 0
