"""Golden captures of every row of rows.py: one each, as it is. README says what the script knows.

Adds to the catalogue that goldens.py gives it. The four dialects that goldens.py has in many carriages are left out.
"""
import rows
import wire

OLD = ("sv1", "cn", "ethp", "eqh")
# Names by how a dialect travels; the others are called after their row, with -plain behind a bare dialect.
NAMES = {"getwork": "getwork-http", "gbt": "gbt-http", "ethgw": "ethgw-http", "daemon": "daemon-rpc", "chia": "chia-http",
         "sv2-noise": "sv2-plain", "web": "web-ws", "web-fragments": "web-ws-fragments", "web-rpc": "web-ws-rpc",
         "web-rpc-fragments": "web-ws-rpc-fragments", "nimiq": "nimiq-ws", "nimiq-nano": "nimiq-ws-nano", "reconnect": "sv1-reconnect",
         "cn-gives": "cn-donation-hash"}


def golden_name(name):
    return NAMES.get(name, name if "-" in name else name + "-plain")


def found(name):
    """What must be found, in words."""
    parts = rows.ROWS[name].parts()
    if rows.facts_of(name).kind == "coin-node":
        return "one finding of kind coin-node, stage contact at most, for %s; none of mining." % rows.ends(name, 0)[0].ip
    out = []
    for client, server, session, _ in parts:
        f = session.facts
        text = "a finding of kind %s, protocol %s, transport %s, miner %s, pool %s port %d" % (
            f.kind, f.protocol, f.transport, client.ip, server.ip, server.port)
        if f.carried_name:
            text += ", named %s (%s)" % (f.carried_name, f.name_source)
        for word in ("login", "worker", "agent", "height", "claimed_hs"):
            value = getattr(f, word)
            if value is not None:
                text += "; %s %s" % (word, value)
        if f.submitted:
            text += "; " + f.shares()
        rate = f.rate(session.script)
        if rate and len(parts) == 1:
            text += "; %.4g %s a second by their work" % (rate, f.unit)
        if text not in out:
            out.append(text)
    return ". And ".join(out) + "."


def add(goldens, golden):
    """golden: the record of goldens.py."""
    for name, row in rows.ROWS.items():
        if name not in OLD:
            goldens[golden_name(name)] = golden(row.what, "plain Ethernet, row %s of tests/gen/rows.py" % name, found(name),
                                                lambda n=name: {"input.pcap": wire.pcap(rows.packets(n))})
