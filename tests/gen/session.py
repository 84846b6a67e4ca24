"""One mining connection as it is told: what each side says, and what a sensor must find in it.

A dialect builds on Session: line() for JSON by line, raw() for anything else, counted() for each share that was answered.
Facts keeps what the script knows to be true, so that a test can compare: names, share numbers, and work (expected hashes,
solutions or graphs of each accepted share, by the formulas of protocols.md 2.2).
"""
import json

from dialogue import Say
from miners import COMPACT, Chance, text

FULL = 2 ** 256
DIFF1 = 0xFFFF << 208                       # Bitcoin's target of difficulty 1


class Facts:
    """protocol is the word of the finding. carried_name: the pool's name as bytes of the connection tell it; name_source: how, in
    the words of the findings' domain_source.
    kind: of the finding. claimed_hs: what the miner says of itself. unit: what work counts, None when it has no known unit."""

    def __init__(self, protocol, kind="mining"):
        self.protocol, self.kind, self.transport = protocol, kind, "tcp"
        self.login = self.agent = self.worker = self.wallet = None
        self.submitted = self.accepted = self.rejected = 0
        self.height = self.difficulty = self.claimed_hs = self.carried_name = self.name_source = None
        self.work, self.unit = [], "hashes"

    def rate(self, script):
        """Work of the accepted shares by the time of the connection's messages; None when no unit is known."""
        span = sum(s.delay_s for s in script[1:])
        return float(sum(self.work)) / span if self.work and self.unit and span else None

    def shares(self):
        return "%d shares submitted, %d accepted, %d rejected" % (self.submitted, self.accepted, self.rejected)


class Session:
    """style: white space of the miner; server_style: of the pool."""

    def __init__(self, seed, protocol, login=None, agent=None, style=COMPACT, server_style=COMPACT):
        self.c, self.script, self.id = Chance(seed), [], 0
        self.style, self.server_style = style, server_style
        self.facts = Facts(protocol)
        self.facts.login, self.facts.agent = login, agent
        self.work = None                    # of a share of the job being worked on

    def raw(self, sender, data, delay_s=0.0, clear=None):
        self.script.append(Say(sender, data, delay_s, clear=clear))

    def line(self, sender, pairs, delay_s=0.0, style=None):
        """One JSON object, by the pairs in their order, and a newline."""
        style = style or (self.style if sender == "c" else self.server_style)
        self.raw(sender, text(pairs, style).encode() + b"\n", delay_s)

    def ask(self, method, params, delay_s=0.0, number=None):
        if number is None:
            self.id += 1
            number = self.id
        self.line("c", [("id", number), ("method", method), ("params", params)], delay_s)
        return number

    def reply(self, number, result, error=None, delay_s=0.0):
        self.line("s", [("id", number), ("result", result), ("error", error)], delay_s)

    def push(self, method, params, delay_s=0.0):
        self.line("s", [("id", None), ("method", method), ("params", params)], delay_s)

    def counted(self, accepted, work=None):
        """A share was handed in and answered; work: what one of it is worth, that of the job otherwise."""
        self.facts.submitted += 1
        if accepted:
            self.facts.accepted += 1
            self.facts.work.append(self.work if work is None else work)
        else:
            self.facts.rejected += 1


def target_of(work):
    """The target of which a share takes this much work, as ZIP 301 and others write it: 64 hex digits, big-endian."""
    return "%064x" % (FULL // int(work) - 1)


def work_of(target_hex):
    return FULL / (int(target_hex, 16) + 1)


def counted_script(protocol, script, login=None, agent=None, submits=("mining.submit", "submit", "eth_submitWork")):
    """A Session around a script of miners.py: shares counted from its lines."""
    s = Session("counted", protocol, login, agent)
    s.script, waiting = script, {}
    for say in script:
        message = json.loads(say.data)
        if say.sender == "c" and message.get("method") in submits:
            waiting[message["id"]] = waiting.get(message["id"], 0) + 1
        elif say.sender == "s" and "method" not in message and waiting.get(message["id"]):
            waiting[message["id"]] -= 1
            s.counted(bool(message.get("result")) and not message.get("error"), 0)
    s.facts.work = []
    return s
