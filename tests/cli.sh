#!/bin/sh
# tests/cli.sh: TAP. The command line from outside: options, operands, exit statuses, messages, bad
# input. Input is cut at run time from tests/captures/demo.pcap, which holds at least one miner.
set -u
export LC_ALL=C
unset NO_COLOR COLUMNS
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
bin=${COUNTERMINE:-$top/build/countermine}
demo=$top/tests/captures/demo.pcap
if [ ! -x "$bin" ] || [ ! -s "$demo" ]; then
	echo "Bail out! $bin or $demo is missing"
	exit 1
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
# The program drops to an unprivileged user when root starts it: it must still reach its input.
chmod 755 "$tmp"
cd "$tmp" || exit 1
n=0
failed=0
esc=$(printf '\033')

# run ARG...: runs the program, its input empty: status, and the files out and err.
run() {
	ran="$*"
	status=0
	"$bin" "$@" >out 2>err </dev/null || status=$?
}

# check NAME CONDITION...: one test; the condition is a command.
check() {
	name=$1
	shift
	n=$((n + 1))
	if "$@"; then
		echo "ok $n - $name"
	else
		echo "not ok $n - $name"
		failed=1
		{
			echo "condition: $*"
			echo "ran: countermine $ran"
			echo "status: $status"
			head -c 600 out
			echo
			echo "stderr:"
			head -c 600 err
		} | sed 's/^/# /'
	fi
}

# Conditions.
exits() { [ "$status" -eq "$1" ]; }
# said and not_said: a pattern in stderr, any case.
said() { grep -Eqi -e "$1" err; }
not_said() { ! said "$1"; }
printed() { grep -Eq -e "$1" out; }
not_printed() { ! printed "$1"; }
silent() { [ ! -s err ]; }
n_lines() { [ "$(wc -l <"$1")" -eq "$2" ]; }
n_about() { [ "$(grep -cF -e "$1" err)" -eq "$2" ]; }
same() { cmp -s "$1" "$2"; }
no_escapes() { ! grep -q "$esc" out err; }
all_json() { [ -s out ] && ! grep -qv '^{.*}$' out; }
# finds: a finding that something mines is printed as JSON.
finds() { grep -q '"kind":"mining"' out; }
mode_is() { [ "$(stat -c %a "$1")" = "$2" ]; }

# Input: good, missing, empty, cut in the middle, corrupt, no capture at all, compressed.
cp "$demo" good.pcap
size=$(wc -c <good.pcap)
: >empty.pcap
head -c $((size - 7)) good.pcap >cut.pcap
head -c 10 good.pcap >stub.pcap
{ head -c 24 good.pcap; head -c 64 /dev/zero | tr '\0' '\377'; } >corrupt.pcap
echo 'this is a text file and no capture' >text.pcap
printf 'BZh91AY&SY and so on' >good.pcap.bz2
mkdir empty.d some.d tree.d tree.d/deeper other.d
cp good.pcap some.d/a.pcap
cp good.pcap tree.d/deeper/b.pcap
cp text.pcap tree.d/notes.txt
cp text.pcap other.d/notes.txt

# --- help, version, usage

run --help
check "--help exits 0" exits 0
check "--help prints to stdout" printed '[Uu]sage'
check "--help has nothing to complain about" silent
run -h
check "-h is the same: exit 0" exits 0
for option in -r --dns-log -f -o -c -T -q -v -V --help --exit-code --redact --set --dump-config; do
	check "--help names $option" grep -Fq -e "$option" out
done
run -V
check "-V exits 0" exits 0
check "-V prints the name and a version" printed 'countermine.* [0-9]+\.[0-9]+\.[0-9]+'
check "-V prints libpcap's version" printed '[Ll]ib[Pp]cap.*[0-9]+\.[0-9]+'
for library in OpenSSL libevent ldns jansson libidn2 libmaxminddb libpsl zlib zstd liblzma; do
	check "-V prints the version of $library" printed "^$library [0-9]+\.[0-9]+"
done
check "-V prints nDPI's version, or that there is none" printed '^nDPI( [0-9]+\.[0-9]+|: not built in)'
check "-V prints xxHash's version" printed '([Xx][Xx][Hh]ash|XXH).*[0-9]+\.[0-9]+'

run --exitcode good.pcap
check "an unknown long option: exit 2" exits 2
check "... is named" said '(^|[^a-z-])--exitcode([^a-z]|$)'
check "... with the nearest valid name" said '(^|[^a-z-])--exit-code([^a-z]|$)'
check "... and nothing on stdout" n_lines out 0
run -Z good.pcap
check "an unknown short option: exit 2" exits 2
check "... is named" said '-?Z'
run -r -o jsno good.pcap
check "an unknown format: exit 2" exits 2
check "... is named" said 'jsno'
check "... with the nearest valid name" said '(^|[^a-z])json([^a-z]|$)'
for target in loghost tcp:127.0.0.1:514 udp:127.0.0.1 udp:loghost:514 udp:::1:514; do
	run -r good.pcap -o "syslog:$target"
	check "-o syslog:$target: exit 2" exits 2
	check "... and what was expected" said "option -o syslog:$target: expected .*, not .*${target#udp:}"
	run -T -r good.pcap -o "syslog:$target"
	check "... and with -T" exits 2
done
run -q -r good.pcap -o "syslog:$PWD/nobody"
check "-o syslog to a socket that is not there: exit 1" exits 1
check "... is said" said "nobody: not all findings could be written: No such file"
run -T -r good.pcap -o syslog -o table
check "-o syslog without a path is not standard output" exits 0
check "... but the system's log" printed '^output: syslog to /dev/log$'
run -r good.pcap -o syslog -o syslog
check "two -o to the system's log: exit 2" exits 2
run -r good.pcap -o
check "-o without its argument: exit 2" exits 2
run -r
check "-r without an operand: exit 2" exits 2
check "... says what was expected" said 'captur|file'
run -r -f 'tcp port port' good.pcap
check "a wrong filter: exit 2" exits 2
check "... is quoted" said 'tcp port port'

# --- good input

run -r good.pcap
check "-r FILE exits 0" exits 0
check "without a terminal: JSON lines" all_json
check "... and the miner is found" finds
check "no escape bytes" no_escapes
cp out once
run good.pcap -r
check "options may follow operands" same out once
run -r good.pcap
check "the same input gives the same bytes" same out once
run -q -r good.pcap
check "-q exits 0" exits 0
check "-q: nothing on stderr for good input" silent
check "-q: the same findings" same out once
run -v -r good.pcap
check "-v: the same findings" same out once
run -r -o json good.pcap
check "-o json is the default without a terminal" same out once
status=0 ran='-q -r - <good.pcap'
"$bin" -q -r - <good.pcap >out 2>err || status=$?
check "- is stdin: exit 0" exits 0
check "... and the miner is found" finds
ran='cat good.pcap | countermine -q -r -'
status=0
cat good.pcap | "$bin" -q -r - >out 2>err || status=$?
check "a pipe is read too: exit 0" exits 0
check "... and the miner is found" finds
run -q -r some.d
check "a directory: exit 0" exits 0
check "... and the miner is found" finds
check "... in the file of that name" printed 'a\.pcap'
run -q -r tree.d
check "a directory is read with what lies below, other files are passed over: exit 0" exits 0
check "... without a word" silent
check "... and the miner is found" printed 'deeper/b\.pcap'
cp good.pcap some.d/b.pcap
run -q -r some.d
mv out by-directory
run -q -r some.d/*.pcap
check "-r *.pcap is the directory's files" same out by-directory
run -q -r some.d/b.pcap some.d/a.pcap
check "several operands: exit 0" exits 0
run -q -r good.pcap -r good.pcap
check "-r twice: exit 0" exits 0
run -q -r ./good.pcap -f 'udp port 1'
check "a filter that nothing passes: exit 0" exits 0
check "... and no miner" test ! "$(grep -c '"kind":"mining"' out)" -gt 0
run -q -r -f tcp good.pcap
check "a filter that the miner passes" finds
cp good.pcap ./-dash.pcap
run -q -r -- -dash.pcap
check "-- ends the options" finds

run -q -r -o table good.pcap
check "-o table exits 0" exits 0
check "... is not JSON" test ! "$(grep -c '^{' out)" -gt 0
check "... has the miner's line" printed '[0-9a-f]+[.:][0-9a-f.:]+'
check "... without escape bytes when not on a terminal" no_escapes
if command -v script >/dev/null && script -qec true /dev/null </dev/null >/dev/null 2>&1; then
	# script(1) gives the program a terminal.
	ran='NO_COLOR=1 countermine -q -r good.pcap (on a terminal)'
	status=0
	NO_COLOR=1 script -qec "'$bin' -q -r good.pcap" /dev/null </dev/null >out 2>err || status=$?
	check "on a terminal: a table" test ! "$(grep -c '^{' out)" -gt 0
	check "... NO_COLOR: no colours" test ! "$(grep -c "$esc\[[0-9;]*m" out)" -gt 0
else
	n=$((n + 1))
	echo "ok $n - on a terminal: a table # SKIP no script(1)"
fi

# --- outputs

umask 022
run -q -r -o json:out.json -o table:out.txt good.pcap
check "-o FORMAT:PATH twice: exit 0" exits 0
check "... the JSON is in its file" same out.json once
check "... the table is in its file" test -s out.txt
check "... stdout is empty" n_lines out 0
check "... output files have mode 0640" mode_is out.json 640
check "... both" mode_is out.txt 640
run -q -r -o json:out.json -o table good.pcap
check "a file and stdout together: exit 0" exits 0
check "... stdout has the table" test -s out
run -q -r -o json:no/such/dir/x.json good.pcap
check "an output file that cannot be made: not exit 0" test "$status" -ne 0
check "... is named" said 'no/such/dir'

# A stricter umask does not take the group's right; what was there before keeps its mode.
umask 077
run -q -r -o json:strict.json good.pcap
check "umask 077: an output file has mode 0640 all the same" mode_is strict.json 640
umask 0
run -q -r -o json:wide.json good.pcap
check "umask 0: an output file has mode 0640" mode_is wide.json 640
umask 022
chmod 600 out.json
run -q -r -o json:out.json good.pcap
check "an existing output file keeps its mode" mode_is out.json 600
check "... and is overwritten" same out.json once
ln -s not-yet.json link.json
run -q -r -o json:link.json good.pcap
check "a link to a file not yet there: exit 0" exits 0
check "... has the findings behind it" same not-yet.json once
before=$(stat -c %a /dev/null)
run -q -r -o json:/dev/null good.pcap
check "-o json:/dev/null: exit 0" exits 0
check "... which keeps its mode" mode_is /dev/null "$before"

# --- configuration

mkdir etc etc/conf.d plain
printf '[limits]\nmax_flows = 100\nmax_windows = 11\n[output]\nredact = yes\n' >etc/x.conf
printf '[limits]\nmax_flows = 200\nmax_fragments = 20\n' >etc/conf.d/10-a.conf
printf '[limits]\nmax_flows = 300\n' >etc/conf.d/20-b.conf
for name in 30-c.conf.bak .hidden.conf 40-c.CONF conf; do echo nonsense >etc/conf.d/$name; done
cp etc/x.conf plain/x.conf
# dumped KEY VALUE ORIGIN: the dump in out has them together.
dumped() { grep -A4 "^# $1: " out | grep -qxF -e "$1 = $2" && grep -A3 "^# $1: " out | grep -qxF -e "# From: $3"; }

run -T -c plain/x.conf
check "-T without captures: exit 0" exits 0
check "... names the file" printed '^configuration: plain/x\.conf$'
check "... names the default output" printed '^output: json to standard output$'
check "... tells the memory" printed '^memory: at most [0-9]+ MiB$'
check "... with nothing to complain about" silent
run -T -c plain/x.conf --set limits.max_findings=16777216
check "--set out of range: exit 2" exits 2
check "... with what was given and expected" said "limits.max_findings: given .16777216., expected a count from 1 to 1048576"
run -T -c plain/x.conf -r -f 'tcp port 1' missing.pcap -o json:never.json
check "-T with -r: exit 0, nothing is read" exits 0
check "... names the input" printed '^input: missing\.pcap$'
check "... the filter" printed '^filter: tcp port 1$'
check "... and the output" printed '^output: json to never\.json$'
check "... which is not opened" test ! -e never.json
run -T -c plain/x.conf -r -f 'tcp port port' missing.pcap
check "-T with a wrong filter: exit 2" exits 2
run -T -c plain/x.conf good.pcap
check "-T with captures but without -r: exit 2" exits 2
run -T -c plain/x.conf -r
check "-T -r without captures: exit 2" exits 2

run --dump-config -c etc/x.conf --set limits.max_dialogues=77
check "--dump-config: exit 0" exits 0
check "... the file" dumped max_windows 11 "etc/x.conf:3"
check "... conf.d comes later" dumped max_fragments 20 "etc/conf.d/10-a.conf:3"
check "... in the order of names, and without other names" dumped max_flows 300 "etc/conf.d/20-b.conf:2"
check "... --set comes last" dumped max_dialogues 77 "--set"
check "... defaults are called so" dumped max_findings 8192 "the default"
cp out plain/dump.conf
grep -v '^# From' out >first
run --dump-config -c plain/dump.conf
grep -v '^# From' out >second
check "the dump reads back to the same" same first second
run -T --dump-config
check "-T with --dump-config: exit 2" exits 2
run -T -c etc/x.conf -c plain/x.conf
check "-c twice: exit 2" exits 2
check "... names both" said 'etc/x\.conf and plain/x\.conf'
run -T -c
check "-c without a file: exit 2" exits 2
run -T --set
check "--set without an argument: exit 2" exits 2
check "... says what was expected" said 'section\.key=value'
run -T -c etc/none.conf
check "-c with a missing file: exit 2" exits 2
check "... is named with the reason" said 'etc/none\.conf: .*no such file'
run -T -c etc
check "-c with a directory: exit 2" exits 2
check "... is named with the reason" said 'etc: is a directory'
run -T -c good.pcap
check "-c with a capture: exit 2" exits 2
check "... in one line" n_lines err 1
head -c 1048577 /dev/zero | tr '\0' '#' >large.conf
run -T -c large.conf
check "-c with more than 1 MiB: exit 2" exits 2
check "... says so" said 'large\.conf: is larger than 1048576'
head -c 65536 large.conf >line.conf
run -T -c line.conf
check "a comment of 64 KiB: exit 0" exits 0
run -T -c /dev/null
check "-c /dev/null: exit 0" exits 0
ran='-T -c pipe'
mkfifo conf.pipe
cat plain/x.conf >conf.pipe &
run --dump-config -c conf.pipe
wait
check "-c with a pipe" dumped max_windows 11 "conf.pipe:3"
mkdir odd odd/conf.d
mkfifo odd/conf.d/a.conf
: >odd/x.conf
run -T -c odd/x.conf
check "a pipe in conf.d is not waited for: exit 2" exits 2
check "... is named with the reason" said 'odd/conf\.d/a\.conf: is no ordinary file'
if [ "$(id -u)" -ne 0 ]; then
	chmod 000 plain/dump.conf
	run -T -c plain/dump.conf
	check "-c with a file without rights: exit 2" exits 2
	check "... is named with the reason" said 'plain/dump\.conf: .*permission denied'
	chmod 644 plain/dump.conf
fi
printf 'x\n[limits]\nmax_flow = 1\nmax_flows = 1\nmax_flows = 2\n' >wrong.conf
run -r good.pcap -c wrong.conf -o json:never.json
check "a wrong configuration: exit 2" exits 2
check "... all errors at once" n_about 'wrong.conf:' 4
check "... with line, key and nearest name" said 'wrong\.conf:3: limits\.max_flow: .*did you mean limits\.max_flows'
check "... and no output is opened" test ! -e never.json
printf '[sensor]\nname = "a\033[31m"\n' >wrong.conf
run -T -c wrong.conf
check "escapes in a configuration are refused: exit 2" exits 2
check "... and not printed" no_escapes
printf '[sensor]\nname = tokyo-1\n' >name.conf
run -q -r -c name.conf good.pcap
check "sensor.name is in the findings" printed '"sensor":{"name":"tokyo-1","version":'
run -q -r -c /dev/null good.pcap
check "... and absent without" printed '"sensor":{"version":'
cp out plain.json
run -q -r --set sensor.site_key=secret good.pcap
check "sensor.site_key makes other ids" test "$(grep -cF -e "$(grep -o '"id":"[^"]*"' plain.json | head -n 1)" out)" -eq 0
sed 's/"id":"[^"]*"/"id":""/g' out >one
sed 's/"id":"[^"]*"/"id":""/g' plain.json >two
check "... and nothing else" same one two

# --- redaction: nothing of a login, wallet or worker that the plain findings have is in any redacted output

grep -Eo '"(login|worker|address)":"[^"]*"' plain.json | sed 's/.*":"//; s/"$//' >secrets
grep -Eo '"logins":\[[^]]*\]' plain.json | sed 's/"logins":\[//; s/\]$//' | tr ',' '\n' | tr -d '"' >>secrets
sort -u secrets -o secrets
check "the demo has logins, wallets and workers" test "$(wc -l <secrets)" -ge 8
hides() { test -s out && ! grep -qF -f secrets out; }
run -q -r --redact good.pcap
check "--redact: exit 0" exits 0
check "... no secret in the JSON" hides
check "... what a login was is still said" printed '"login_kind":"xmr-address","wallet":{"address":"[^"]{6}….{6}","coin":"XMR","valid":true}'
check "... as many findings" test "$(wc -l <out)" -eq "$(wc -l <plain.json)"
run -q -r --redact -o table good.pcap
check "... no secret in the table" hides
cp out by-option
run -q -r -c /dev/null --set output.redact=yes -o table good.pcap
check "--set output.redact=yes is the same" same out by-option
run -q -r -c plain/x.conf -o json good.pcap
check "... and so is the file" hides
run -q -r -v --redact good.pcap
cp err out
check "... no secret in the summary" hides

# --- exit status

run -q --exit-code -r good.pcap
check "--exit-code: 10 when something mines" exits 10
check "... and it is printed" finds
run -q --exit-code -r -f 'udp port 1' good.pcap
check "--exit-code: 0 when nothing does" exits 0

# --- bad input: one line each, with the name and the reason; the others go on

bad() {
	file=$1 reason=$2
	run -q -r "$file"
	check "$file: exit 1" exits 1
	check "... one line on stderr" n_lines err 1
	check "... with its name" said "$(basename "$file")"
	check "... and the reason" said "$reason"
	run -q -r "$file" good.pcap
	check "... beside a good file: exit 1" exits 1
	check "... the miner of the good file is found" finds
	check "... one line still" n_about "$file" 1
	run -q -r good.pcap "$file"
	check "... and in the other order" finds
}
bad missing.pcap 'no such file|does not exist|missing'
bad empty.pcap 'empty'
bad stub.pcap 'cut|truncated|short|ends'
bad cut.pcap 'cut|truncated|short|ends'
check "cut.pcap: the offset stands in the message" said '[0-9]{3,}'
run -q -r cut.pcap
check "cut.pcap: what was read before counts" finds
bad corrupt.pcap 'corrupt|implausible|invalid|length|larger|bad'
bad text.pcap 'not a capture|unknown|format|neither'
bad good.pcap.bz2 'bzip2-compressed'
bad empty.d 'captures?|no file|empty'
bad other.d 'captures?|no file|empty'
run -q -r missing.pcap empty.pcap
check "two bad files: two lines" n_lines err 2
run -q -r missing.pcap --exit-code good.pcap
check "--exit-code with a bad file beside a miner: not exit 0" test "$status" -eq 10 -o "$status" -eq 1
status=0 ran='-q -r - </dev/null'
"$bin" -q -r - </dev/null >out 2>err || status=$?
check "empty stdin: exit 1" exits 1
status=0 ran='-q -r - (stdin cut)'
head -c $((size - 7)) good.pcap | "$bin" -q -r - >out 2>err || status=$?
check "stdin cut in the middle: exit 1" exits 1
check "... what was read before counts" finds
printf '%s' 'x' >"$(printf 'a\033[31mb.pcap')"
run -q -r "$(printf 'a\033[31mb.pcap')"
check "a file name cannot write escapes to the terminal" no_escapes

# --- compressed captures
# A directory of its own lets the file have the same name, and so the output the same bytes.

mkdir once.d packed.d
cp good.pcap once.d/good.pcap
run -q -r once.d/good.pcap
sed 's/once\.d/packed.d/g' out >once
pack() {
	case $1 in
	gzip) gzip -nc ;;
	zstd) zstd -qc ;;
	xz) xz -c ;;
	esac
}
for tool in gzip zstd xz; do
	pack $tool <good.pcap >packed.d/good.pcap
	run -q -r packed.d/good.pcap
	check "$tool: exit 0, without a word" silent
	check "... the same bytes as of the plain capture" same out once
	run -q -r packed.d
	check "$tool in a directory: the same" same out once
	status=0 ran="-q -r - <($tool)"
	"$bin" -q -r - <packed.d/good.pcap >out 2>err || status=$?
	check "$tool as standard input: exit 0" exits 0
	check "... and the miner is found" finds
	"$bin" -q -r - <good.pcap >plain.out 2>/dev/null
	status=0 ran="cat ($tool) | countermine -q -r -"
	cat packed.d/good.pcap | "$bin" -q -r - >out 2>err || status=$?
	check "$tool through a pipe: exit 0" exits 0
	check "... the same bytes as of the plain capture" same out plain.out
	mkfifo "$tool.fifo"
	cat packed.d/good.pcap >"$tool.fifo" &
	run -q -r "$tool.fifo"
	wait
	check "$tool from a named pipe: exit 0" exits 0
	check "... and the miner is found" finds
	packed_size=$(wc -c <packed.d/good.pcap)
	head -c $((packed_size - 3)) packed.d/good.pcap >"cut.$tool"
	bad "cut.$tool" "offset $((packed_size - 3)) of the compressed file: the $tool data is cut"
	{ cat packed.d/good.pcap; echo behind it; } >"tail.$tool"
	bad "tail.$tool" "offset $packed_size of the compressed file: the $tool data is followed by bytes"
	run -q -r "tail.$tool"
	check "... what stands before counts" finds
	head -c $((size - 7)) good.pcap | pack $tool >"cut-inside.$tool"
	bad "cut-inside.$tool" 'offset [0-9]+ of the unpacked capture: the file is cut in the middle of a record; the [0-9]+ packets before it count'
	pack $tool <text.pcap >"text.$tool"
	bad "text.$tool" 'not a capture file'
	cp "text.$tool" packed.d/notes
	run -q -r packed.d
	check "$tool without a capture inside, in a directory: passed over without a word" silent
	check "... and the others are read" finds
	rm packed.d/notes
	pack $tool <packed.d/good.pcap >"twice.$tool"
	bad "twice.$tool" "compressed twice \($tool in $tool\); unpack it once first"
done
{ head -c 30000 good.pcap | gzip -nc; tail -c +30001 good.pcap | gzip -nc; } >packed.d/good.pcap
run -q -r packed.d/good.pcap
check "gzip in two members: the same bytes as of the plain capture" same out once
{ head -c 30000 good.pcap | zstd -qc; tail -c +30001 good.pcap | zstd -qc; } >packed.d/good.pcap
run -q -r packed.d/good.pcap
check "zstd in two frames: the same" same out once
{ head -c 30000 good.pcap | xz -c; tail -c +30001 good.pcap | xz -c; } >packed.d/good.pcap
run -q -r packed.d/good.pcap
check "xz in two streams: the same" same out once

# A bomb: a header and 400 MB of zero bytes, which are records without a byte. The limit is told, long before the end.
{ head -c 24 good.pcap; head -c 400000000 /dev/zero; } | zstd -qc >bomb.zst
check "a bomb is small" test "$(wc -c <bomb.zst)" -lt 200000
bad bomb.zst 'unpacks to more than 10000 times its size.*raise captures.max_ratio'
run -r bomb.zst
check "... it was stopped soon" said 'Read 4[0-9]{6} packets'
# A window of 256 MiB: in the frame header, 2^28 is 18 in the upper five bits.
printf '\050\265\057\375\000\220\001\000\000' >window.zst
bad window.zst 'over the limit of 128 MiB.*zstd -dc --long=31 FILE'

# --- lists of names

cat >names.csv <<'END'
name,kind,coins
pool.example,pool,XMR
END
lookup='"kind":"pool-lookup".*"domain":"xmr\.pool\.example".*"entry":"pool\.example","line":2,"kind":"pool","coins":\["XMR"\]'
run -q -c /dev/null -r -f 'udp port 53' good.pcap -o json
check "the built-in lists know nothing of the names of examples" n_lines out 0
run -q -c /dev/null --set feeds.files=names.csv -r good.pcap -o json
check "a list of one's own: a lookup is printed" printed "$lookup"
check "... and what mines too" finds
check "... nothing to complain about" silent
run -c /dev/null --set feeds.files=names.csv -r -f 'udp port 53' --exit-code good.pcap -o table
check "lookups alone are no mining: --exit-code gives 0" exits 0
check "... but they are in the table" printed 'lookup .*xmr\.pool\.example'
check "... and in the summary" said 'Found [0-9]+ lookups of mining pools'
run -q -c /dev/null --set feeds.files=names.csv --set dns.enabled=no -r good.pcap -o json
check "with dns.enabled=no there is none" not_printed pool-lookup
check "... what mines is found all the same" finds
run -c /dev/null --set feeds.builtin=no -r good.pcap -o json
check "without any list the summary says so" said 'no list of names is loaded'
printf '[feeds]\n# mine\nfiles = missing.csv some.d\n' >lists.conf
run -c lists.conf -r good.pcap -o json
check "lists that are not there: exit 2" exits 2
check "... each is named, with the line of the configuration" said 'lists\.conf:3: feeds\.files: missing\.csv: cannot be opened: No such file'
check "... and the other one" said 'lists\.conf:3: feeds\.files: some\.d: is a directory'
check "... nothing was analysed" n_lines out 0
run -T -c lists.conf
check "-T finds them too" exits 2
printf 'a.example,pool\nname with blanks\ngithub.com\n' >bad.csv
run -q -c /dev/null --set 'feeds.files=names.csv bad.csv' -r good.pcap -o json
check "a list without a row that can be used: exit 2" exits 2
printf 'name,kind\npool.example,pool\ngithub.com,pool\n' >wide.csv
run -q -c /dev/null --set feeds.files=wide.csv -r good.pcap -o json
check "a list that would match a guarded name is refused whole: exit 2" exits 2
check "... with the name" said 'feeds\.files: wide\.csv: .*github\.com'
check "... nothing was analysed" n_lines out 0
printf 'pool.example\nco.uk\n' >wide.csv
run -q -c /dev/null --set feeds.files=wide.csv -r good.pcap -o json
check "a list with a public suffix is refused whole: exit 2" exits 2
check "... with the name" said 'feeds\.files: wide\.csv: .*co\.uk'
printf '0.0.0.0 pool.example xmr.pool.example\n' | gzip >hosts.gz
run -q -c /dev/null --set feeds.files=hosts.gz -r good.pcap -o json
check "a list in another format, compressed, is read" printed '"entry":"xmr\.pool\.example","line":1,"kind":"pool"'
run -q -c /dev/null --set feeds.files=hosts.gz,kind=dead -r good.pcap -o json
check "... with the kind that is said of it" printed '"entry":"xmr\.pool\.example","line":1,"kind":"dead"'
run -c /dev/null --set feeds.files=hosts.gz,typ=hosts -r good.pcap -o json
check "an option that there is not: exit 2" exits 2
check "... with the word that was meant" said 'hosts\.gz,typ=hosts: there is no option typ; did you mean type\?'
printf 'name,kind\npool.example,pool\npool.example.,puul\nweb.example,pool\nweb.example,never\n' >bad.csv
run -q -c /dev/null --set feeds.files=bad.csv -r good.pcap -o json
check "rows that are refused do not stop the others" printed pool-lookup
check "... each is told with file and line, and the word that was meant" said 'bad\.csv:3: refused: .*puul.*pool'
check "... also one that a guard refuses, with the guard" said 'bad\.csv:4: refused: .*bad\.csv:5'

# --- site lists

printf 'name,client,reason\npool.example,,"ours, ticket 1"\n' >allow.csv
run -c /dev/null --set feeds.files=names.csv --set site.allow=allow.csv -r good.pcap -o json
check "a site list: what it allows is not printed" not_printed pool-lookup
check "... all else is" finds
check "... and the summary says how much it was" said 'Not reported, as the site lists allow it: [0-9]+ records? of evidence'
printf 'client,kind,reason\n0.0.0.0/0,mining,all of it\n::/0,mining,all of it\n' >all.csv
run --exit-code -c /dev/null --set site.allow=all.csv -r good.pcap -o json
check "mining that is allowed is none for --exit-code" exits 0
check "... and is not printed" not_printed '"kind":"mining"'
printf '[site]\nallow = missing.csv some.d\n' >site.conf
run -q -c site.conf -r good.pcap -o json
check "site lists that are not there: exit 2" exits 2
check "... each is named, with the line of the configuration" said 'site\.conf:2: site\.allow: missing\.csv: cannot be opened: No such file'
check "... and the other one" said 'site\.conf:2: site\.allow: some\.d: is a directory'
check "... nothing was analysed" n_lines out 0
printf 'name,client,kind,reason,expires\npool.example,10.0.0.1/8,minig,x,\n\npool.example,,,,soon\n' >broken.csv
run -q -c /dev/null --set site.allow=broken.csv -r good.pcap -o json
check "a broken site list: exit 2" exits 2
check "... file, line, column and what was expected" said 'broken\.csv:2: column 2, client: given .10\.0\.0\.1/8., expected an address or a network'
check "... and the word that was meant" said 'broken\.csv:2: column 3, kind: .*did you mean mining\?'
check "... all faults are said" said 'broken\.csv:4: column 5, expires: given .soon.'
check "... nothing was analysed" n_lines out 0
run -T -c /dev/null --set site.allow=broken.csv
check "-T finds them too" exits 2
printf 'name,client,destination,kind,reason,expires\npool.example,,,,a,\nxmr.pool.example,,,,b,\n' >rows.csv
printf ',10.0.0.1,,,c,2020-01-01\n,,10.0.0.1,pool-lookup,d,\nnolist.example,,,,e,\n' >>rows.csv
run -T -c /dev/null --set feeds.files=names.csv --set site.allow=rows.csv
check "-T: how many rows there are, and have expired" printed '^site lists: 5 rows, 1 expired'
check "... which one, and when" printed 'rows\.csv:4: expired at 2020-01-01 00:00:00'
check "... what another row allows anyway" printed 'rows\.csv:3: has no effect .* by rows\.csv:2'
check "... what never holds" printed 'rows\.csv:5: never holds: it asks for a destination'
check "... a name that no list has" printed 'rows\.csv:6: no list in use has nolist\.example'
check "... and no more than these" n_lines out $(($(grep -c -v ^site out) + 6))

# --- output that does not work

if [ -w /dev/full ]; then
	ran='-q -r good.pcap >/dev/full'
	status=0
	: >out
	"$bin" -q -r good.pcap >/dev/full 2>err </dev/null || status=$?
	check "a full disk: exit 1" exits 1
	check "... with the reason" said 'no space|write|full'
	ran='-q -r good.pcap -o table >/dev/full'
	status=0
	"$bin" -q -r good.pcap -o table >/dev/full 2>err </dev/null || status=$?
	check "a full disk, table: exit 1" exits 1
	run -q -r -o json:/dev/full good.pcap
	check "a full disk by name: exit 1" exits 1
	check "... is named" said '/dev/full'
	ran='-V >/dev/full'
	status=0
	"$bin" -V >/dev/full 2>err || status=$?
	check "-V to a full disk: exit 1" exits 1
else
	n=$((n + 1))
	echo "ok $n - a full disk # SKIP /dev/full cannot be written"
fi
ran='-q -r good.pcap >&-'
status=0
: >out
"$bin" -q -r good.pcap >&- 2>err </dev/null || status=$?
check "a closed stdout: exit 1" exits 1
check "... with the reason" said 'write|output|bad file'
# The reader goes away before the program writes: its read end is closed when it is opened.
ran='-q -r good.pcap | true'
{
	status=0
	"$bin" -q -r good.pcap 2>err </dev/null || status=$?
	echo "$status" >status
} | true
status=$(cat status 2>/dev/null || echo 99)
# Whether the pipe is closed yet when the program writes is a race; both ends of it are right.
check "a closed pipe does not kill it" test "$status" -eq 1 -o "$status" -eq 0
mkfifo pipe
ran='-q -r good.pcap >pipe that nobody reads any more'
{
	sleep 1
	status=0
	"$bin" -q -r good.pcap 2>err </dev/null || status=$?
	echo "$status" >status
} >pipe &
: <pipe
wait
status=$(cat status)
check "a pipe closed before: exit 1" exits 1
check "... with the reason" said 'pipe|write|output'

# Somebody types ^C while a capture is still coming: what was read so far is written, and nothing goes on behind their back.
ran='-q -r - -o json, and INT in its middle'
mkfifo slow
"$bin" -q -r - -o json <slow >out 2>err &
child=$!
exec 3>slow
cat good.pcap >&3
sleep 1
kill -INT "$child"
status=0
wait "$child" || status=$?
exec 3>&-
check "INT: exit 1" exits 1
check "... with the reason" said 'interrupted: the findings are those'
check "... and what was found" grep -q '"state":"closed"' out

# --- DNS logs

logs=$top/tests/golden
names="--set feeds.builtin=no --set feeds.files=$logs/names.csv"
cp "$logs/log-lookup/input.json" log.json
cp "$logs/log-faulty/input.json" faulty.json
# shellcheck disable=SC2086
looks() { run "$@" $names; }
n_lookups() { [ "$(grep -c '"state":"closed".*"kind":"pool-lookup"' out)" -eq "$1" ]; }
looks --dns-log log.json -o json
check "--dns-log FILE exits 0" exits 0
check "... and finds lookups" n_lookups 5
check "... says what was read" said 'Read 10 entries of DNS logs \(.*\) from 1 file, 2026-11-23 10:00:00 to 2026-11-23 10:01:37 UTC'
check "... and nothing of packets" not_said 'packet|TCP|No mining found'
cp out once
looks --dns-log log.json -o json
check "... the same bytes again" same out once
looks -q --dns-log log.json -o table
check "--dns-log with a table" printed '10\.0\.3\.17 .*pool\.example'
head -n 4 log.json >half-1.json
tail -n +5 log.json >half-2.json
looks -q --dns-log half-1.json --dns-log=half-2.json -o json
check "--dns-log twice" n_lookups 5
looks -q --dns-log half-2.json half-1.json -o json
check "operands behind --dns-log are logs, in the order of their times" n_lookups 5
check "... however they are given" test "$(grep -c '"state":"new"' out)" -eq 7 -a "$(head -n 1 out | grep -c 10.0.3.17)" -eq 1
ran="-q --dns-log - <log.json"
status=0
# shellcheck disable=SC2086
"$bin" -q --dns-log - -o json $names <log.json >out 2>err || status=$?
check "--dns-log - reads standard input" n_lookups 5
mkdir -p logs.d/2026/11 logs.d/other
cp log.json logs.d/2026/11/one_vpcdnsquerylogs.log
gzip -nc half-1.json >logs.d/2026/11/two.log.gz
cp text.pcap logs.d/other/aws-logs-write-test
cp good.pcap logs.d/other/capture
looks -v --dns-log logs.d -o json
check "--dns-log DIRECTORY: logs of all depths, compressed too" said 'Read 14 entries of DNS logs .* from 2 files'
check "... and other files are passed over and counted" said 'files in directories that are no DNS logs: 2'
check "... exits 0" exits 0
looks -q --dns-log window.zst -o json
check "a log that wants too large a window: exit 1" exits 1
check "... says how to pipe it" said 'zstd -dc --long=31 FILE \| countermine --dns-log -'
looks -q --dns-log logs.d/other -o json
check "a directory without a log: exit 1" exits 1
check "... is said" said 'no DNS log in this directory'

looks --dns-log faulty.json -o json
check "a log with faults: exit 0" exits 0
check "... a line that was cut is named" said 'faulty\.json: line 2: expected the object of JSON to go on'
check "... one that is no JSON" said 'faulty\.json: line 3: expected an object of JSON'
check "... one of something else" said 'faulty\.json: line 5: expected an entry of a Route 53 Resolver query log'
check "... one without an address" said 'faulty\.json: line 6: expected srcaddr to be an address'
check "... one without a time" said 'faulty\.json: line 8: expected query_timestamp to be a time'
check "... and no more than five of a file" n_about 'expected query_name to be a domain name; it' 0
check "... which the summary counts" said 'log entries left out \(expected query_name to be a domain name\): 1'
echo '{"event":"finding"}' >other.json
looks -q --dns-log other.json -o json
check "a file without an entry: exit 1" exits 1
check "... is said" said 'other\.json: holds no entry that could be read'
head -c 700 log.json >cut.json
looks -q --dns-log cut.json -o json
check "a log that ends in an entry: exit 1" exits 1
check "... says where" said 'cut\.json: offset [0-9]+: the file is cut in the middle of a log entry; the entry before it counts$'
check "... and what came before counts" n_lookups 1

looks --dns-log good.pcap
check "a capture given as a log: exit 1" exits 1
check "... names the other option" said 'good\.pcap: a packet capture and not a DNS log; give it with -r instead of --dns-log'
looks -r log.json
check "a log given as a capture: exit 1" exits 1
check "... names the other option" said 'log\.json: not a capture file.*--dns-log instead of -r'
looks --dns-log text.pcap
check "a text given as a log: exit 1" exits 1
check "... says what was expected" said 'text\.pcap: not a DNS log: expected the JSON'
for other in -r '-i lo' '-f tcp'; do
	# shellcheck disable=SC2086
	run --dns-log log.json $other
	check "--dns-log with $other: exit 2" exits 2
	check "... says which go together" said "options ${other%% *} and --dns-log: "
done
run --dns-log
check "--dns-log without a file: exit 2" exits 2
check "... says what was expected" said 'option --dns-log: expected a file or directory of DNS logs'
run --dns-log none.json
check "a log that is missing: exit 1" exits 1
check "... is named" said 'none\.json: No such file'
run -T --dns-log log.json half-1.json
check "-T with --dns-log" printed '^input: half-1\.json$'

# --- passive DNS

looks -q --dns-log log.json -o dns
check "-o dns of a log: a line an entry" n_lines out 10
check "... of JSON" all_json
check "... and no findings" not_printed '"event":"finding"'
looks -q --dns-log log.json -o dns:dns.json -o json
check "-o dns:PATH beside -o json" same out once
check "... has what -o dns has" n_lines dns.json 10
check "... in a file of mode 640" mode_is dns.json 640
looks -q -r "$logs/dns-lookup/input.pcap" -o dns
check "-o dns of a capture: questions and answers" n_lines out 8
looks -r "$logs/dns-lookup/input.pcap" -o dns:dns.json -o json:/dev/null
check "... and the summary has their number" said '^Wrote 8 DNS messages\.'
looks -r log.json -o dns -o json
check "-o dns and -o json to one place: exit 2" exits 2
looks -q --dns-log log.json -o dns:log.json
check "-o dns over the log: exit 1" exits 1
check "... is said" said 'one of the files to read'
run -q --dns-log log.json -o dns --set dns.enabled=no
check "-o dns of a log without lists" n_lines out 10
run -q -r "$logs/dns-lookup/input.pcap" -o dns --set feeds.builtin=no
check "-o dns of a capture without lists" n_lines out 8
run -q -r "$logs/dns-lookup/input.pcap" -o dns --set dns.enabled=no
check "-o dns of a capture without dns.enabled: nothing" n_lines out 0

echo "1..$n"
exit $failed
