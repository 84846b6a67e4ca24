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
for option in -r -f -o -q -v -V --help --exit-code; do
	check "--help names $option" grep -Fq -e "$option" out
done
run -V
check "-V exits 0" exits 0
check "-V prints the name and a version" printed 'countermine.* [0-9]+\.[0-9]+\.[0-9]+'
check "-V prints libpcap's version" printed '[Ll]ib[Pp]cap.*[0-9]+\.[0-9]+'
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
bad bomb.zst 'unpacks to more than 1000 times its size.*raise captures.max_ratio'
run -r bomb.zst
check "... it was stopped soon" said 'Read 4[0-9]{6} packets'
# A window of 256 MiB: in the frame header, 2^28 is 18 in the upper five bits.
printf '\050\265\057\375\000\220\001\000\000' >window.zst
bad window.zst 'over the limit of 128 MiB.*zstd -dc --long=31 FILE'

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

echo "1..$n"
exit $failed
