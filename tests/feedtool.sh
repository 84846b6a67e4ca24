#!/bin/sh
# tests/feedtool.sh: TAP. countermine-feed from outside: commands, options, exit statuses, messages, bad lists. What explain
# answers is in tests/explain.py.
set -u
export LC_ALL=C
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
bin=${COUNTERMINE_FEED:-$top/build/countermine-feed}
sensor=${COUNTERMINE:-$top/build/countermine}
if [ ! -x "$bin" ] || [ ! -x "$sensor" ]; then
	echo "Bail out! $bin or $sensor is missing"
	exit 1
fi
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
chmod 755 "$tmp"
cd "$tmp" || exit 1
n=0
failed=0

# run ARG...: runs the tool, its input empty: status, and the files out and err.
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
			echo "ran: countermine-feed $ran"
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
said() { grep -Eqi -e "$1" err; }
printed() { grep -Eq -e "$1" out; }
not_printed() { ! printed "$1"; }
silent() { [ ! -s err ]; }
n_lines() { [ "$(wc -l <"$1")" -eq "$2" ]; }
same() { cmp -s "$1" "$2"; }
absent() { [ ! -e "$1" ]; }

# refused PATTERN ARG...: exit 2, nothing on standard output, and standard error says the pattern.
refused() {
	pattern=$1
	shift
	run "$@"
	check "$ran: exit 2" exits 2
	check "... says: $pattern" said "$pattern"
	check "... and prints nothing" n_lines out 0
}

# --- usage

run --help
check "--help exits 0" exits 0
check "--help prints to stdout" printed '[Uu]sage'
check "--help has nothing to complain about" silent
for word in compile lint explain import export diff; do
	check "--help names $word" printed "^  $word "
	check "countermine-feed(1) names $word" grep -q "^.Ss $word" "$top/man/countermine-feed.1"
	run $word --help
	check "$word --help exits 0" exits 0
done
for option in $("$bin" --help | grep -Eo -e '--[a-z]+' | sort -u); do
	check "$option is in countermine-feed(1)" grep -Eq -e "Fl -${option#--}( |\$)" "$top/man/countermine-feed.1"
done
run -V
check "-V exits 0" exits 0
check "-V prints the name and a version" printed '^countermine-feed [0-9]+\.[0-9]+'
refused 'expected a command'
refused 'unknown command .compil.: did you mean compile' compil
refused 'unknown command .frobnicate.: expected compile, lint' frobnicate
refused 'options stand behind the command' --lint
refused 'lint: unknown option --quit: did you mean --quiet' lint --quit
refused 'lint: unknown option --nonsense' lint --nonsense
refused 'lint: unknown option -Z' lint -Z
refused 'lint: option --config: given twice' lint -c /dev/null -c /dev/null
refused 'lint: --format is no option of this command' lint --format csv
refused 'option --quiet=x: takes no value' lint --quiet=x
refused 'option -o: expected a value' compile -o
refused 'explain: found 0 operands, expected a name' explain
refused 'import: found 0 operands, expected one file' import
refused 'diff: found 1 operand, expected two' diff one
refused 'expected --format' export
refused '--format zek: did you mean zeek' export -f zek
refused '--type=hots: did you mean hosts' import --type hots x
refused '--kind=pols: did you mean pool' import --kind pols x
refused '--confidence=101: expected a number from 0 to 100' import --confidence 101 x
refused 'no option typ; did you mean type' compile x,typ=hosts
refused '--at tomorrow: expected a day' explain --at tomorrow x.example
refused '.a\.\.b.: expected a name' explain a..b
refused '.192\.0\.2\.1:99999.: expected a name.*a port from 1 to 65535' explain 192.0.2.1:99999
refused '.a b\.example.: expected a name' explain 'a b.example'
refused 'missing: cannot be opened: No such file' compile missing
refused 'tmp[^:]*: is a directory' compile "$tmp"
refused 'missing.conf' compile -c missing.conf
refused 'feeds\.bultin' lint --set feeds.bultin=no
refused 'no list is in use' explain -c /dev/null --set feeds.builtin=no x.example

# --- compile

cat >own.csv <<'END'
name,match,kind,confidence,coins,sources
a.example,suffix,pool,90,XMR,own
b.example,exact,dead,50,,own
END
run compile own.csv
check "compile without -o: exit 0" exits 0
check "... tells what is in use" said 'own\.csv: type feed, 2 rows in use'
run compile -o own.image own.csv
check "compile -o: exit 0" exits 0
check "... the image is there" test -s own.image
check "... and nothing is left beside it" absent own.image.part
run explain --feeds own.image 'https://user@x.a.example:8443?q=1'
check "explain takes the host of a URL" printed ': pool a\.example \(suffix\) own\.csv:2$'
run explain --feeds own.image x.a.example
check "explain reads the image" printed '^x\.a\.example: pool a\.example \(suffix\) own\.csv:2$'
run compile -o own.image missing
check "a list that is missing: exit 2" exits 2
check "... and the image stays" test -s own.image
run compile -o none/own.image own.csv
check "an image that cannot be written: exit 2" exits 2
check "... is named" said 'none/own\.image: cannot be written'
printf 'coinbase.com\n' >guarded
run compile -o own.image guarded
check "a list that matches a guarded name: exit 1, as the sensor refuses it" exits 1
check "... with the reason" said 'guarded: line 1: .coinbase\.com. is, or holds, a name of the never list'
run compile --set feeds.builtin=no guarded
check "... not without the built-in lists" exits 0
gzip -k own.csv
run diff own.csv own.csv.gz
check "a compressed list is the same" exits 0
head -c 40 own.csv.gz >cut.gz
run compile cut.gz
check "a list that is cut off: exit 1" exits 1
check "... with the reason" said 'cut\.gz: cannot be unpacked \(gzip\): it is cut off'
head -c 600000000 /dev/zero | gzip -1 >bomb.gz
run compile bomb.gz
check "a list that unpacks to more than 512 MiB: exit 1" exits 1
check "... with the reason" said 'bomb\.gz: .*more than such a file may have'
rm bomb.gz
run compile -
check "an empty list: exit 1" exits 1
check "... with the reason" said '(^|: )-: '
{ head -c 100 own.image; head -c 100 /dev/zero; } >bad.image
run explain --feeds bad.image a.example
check "a damaged image: exit 2" exits 2
check "... with the reason" said 'bad\.image: is no compiled image of this version, or it is damaged'
"$sensor" -T -c /dev/null --set feeds.image=own.image >out 2>err
status=$?
ran="-T with feeds.image"
check "the sensor takes the image" exits 0
check "... and has its rows" printed '^names: 2 in use'
"$sensor" -T -c /dev/null --set feeds.image=bad.image >out 2>err
status=$?
check "the sensor refuses a damaged image: exit 2" exits 2
check "... with the reason" said 'feeds\.image: bad\.image: is no compiled image'
"$sensor" -T -c /dev/null --set feeds.files=own.csv.gz,kind=webminer,type=feed --set feeds.malware=yes >out 2>err
status=$?
check "-T takes a list with options" exits 0
check "... and tells what came of it" printed '^list: own\.csv\.gz: type .*, changed .* ago'
check "... and the list of malware" printed '^list: builtin/malware\.csv: .*\([0-9]+ malware\)'
printf 'name,expires,sources\nnew.example,2100-01-01,own\nold.example,2020-01-01,own\n' >expiring.csv
"$sensor" -T -c /dev/null --set feeds.files=expiring.csv >out 2>err
check "-T tells how many rows have expired" printed '^list: expiring\.csv: type feed, 2 rows in use \(2 pool\), 1 of them expired by now, 0 listed before'
touch -d '40 days ago' own.csv
"$sensor" -T -c /dev/null --set feeds.files=own.csv >out 2>err
check "-T says that a file is old" printed '^list: own\.csv: .*40 d.* ago: OLD'

# --- lint

cat >allow.csv <<'END'
name,client,destination,wallet,kind,reason,expires
nanopool.org,,,,,test of ours,
nicehash.com,10.0.0.0/8,,,mining,a course,2027-03-01
litecoinpool.org,,,,,was once,2020-01-01
,,192.0.2.1:3333,,,our own,
END
cat >bad.csv <<'END'
name,match,kind,sources
c.example,suffix,pool,own
a.example,suffix,pool,own
a.example,exact,pool,
a.example,suffix,dead,own
b c,suffix,pool,own
co.uk,suffix,pool,own
github.com,suffix,pool,own
gist.github.com,suffix,pool,own
=github.com,,pool,own
github.com,suffix,node,own
END
run lint bad.csv
check "lint of a bad list: exit 1" exits 1
check "... order" printed '^bad\.csv:3: a\.example: stands behind c\.example'
check "... provenance" printed '^bad\.csv:4: a\.example: expected the column sources'
check "... twice" printed '^bad\.csv:5: a\.example: is listed already, bad\.csv:3'
check "... unreadable" printed '^bad\.csv:6: .*b c'
check "... public suffix" printed '^bad\.csv:7: co\.uk: is a public suffix'
check "... guarded name" printed '^bad\.csv:8: github\.com: would match github\.com, which the never list guards'
check "... a name below a guarded one is none" not_printed '^bad\.csv:9: .*guards'
check "... guarded name, exactly" printed '^bad\.csv:10: github\.com: would match'
check "... a node is none" not_printed '^bad\.csv:11: .*guards'
printf 'z.example\na.example\n' >plain
run lint own.csv plain
check "lint over two lists: exit 1" exits 1
check "... a name of both" printed '^plain:2: a\.example: is listed already, own\.csv:2'
run lint own.csv
check "lint of a good list: exit 0" exits 0
check "... prints nothing" n_lines out 0
run lint plain
check "lint of plain names in any order: exit 0" exits 0
check "... counts" said '^0 faults in 2 rows of 1 list$'
run lint allow.csv
check "lint of a site list: exit 1" exits 1
check "... says what it is" printed '^allow\.csv: is refused whole: its columns are those of a site list'
run lint own.image
check "lint of an image: exit 2" exits 2
run lint "$top/feeds/pools.csv" "$top/feeds/nodes.csv" "$top/feeds/never.csv" "$top/feeds/endpoints.csv" \
	"$top/feeds/malware.csv" "$top/feeds/facts.csv"
check "lint of the lists that are shipped: exit 0" exits 0
check "... prints nothing" n_lines out 0
run lint -c /dev/null --set feeds.malware=yes --set feeds.unverified=yes
check "lint of the built-in lists: exit 0" exits 0

# --- explain with site lists: they go before all rows

run explain -c /dev/null --set site.allow=allow.csv --at 2026-11-01 xmr.nanopool.org
check "a name that the site allows: exit 0" exits 0
check "... the site list goes first" printed '^xmr\.nanopool\.org: allowed by the site, allow\.csv:2; pool nanopool\.org'
run explain -c /dev/null --set site.allow=allow.csv --at 2026-11-01 eu.nicehash.com
check "one that it allows for some" printed '^eu\.nicehash\.com: nicehash nicehash\.com'
check "... and for whom" printed 'site list: allow\.csv:3: nicehash\.com,10\.0\.0\.0/8,,,mining,a course,2027-03-01.*allows what meets all of it'
run explain -c /dev/null --set site.allow=allow.csv --at 2026-11-01 litecoinpool.org
check "one that it allowed once" printed '^litecoinpool\.org: pool litecoinpool\.org'
check "... and no longer" printed 'site list: allow\.csv:4: .*it has expired'
run explain -c /dev/null --set site.allow=allow.csv --at 2026-11-01 192.0.2.1:3333
check "an address that the site allows" printed '^192\.0\.2\.1:3333: allowed by the site, allow\.csv:5$'
run explain -c /dev/null --set site.allow=allow.csv --at 2027-03-01 192.0.2.1:4444
check "another port of it: exit 1" exits 1
run explain -c /dev/null --set site.allow=missing.csv x.example
check "a site list that is missing: exit 2" exits 2

# --- diff

cat >new.csv <<'END'
name,match,kind,confidence,coins,sources
a.example,suffix,dead,90,XMR,own
c.example,suffix,pool,50,,own
END
run diff own.csv new.csv
check "diff: exit 1" exits 1
check "... changed" printed '^~ a\.example pool, suffix, confidence 90, own\.csv:2 -> a\.example dead, .*new\.csv:2$'
check "... removed" printed '^- b\.example dead, exact, confidence 50, own\.csv:3$'
check "... added" printed '^\+ c\.example pool, suffix, confidence 50, new\.csv:3$'
check "... counted" printed '^1 added, 1 removed, 1 changed$'
run diff -q own.image new.csv
check "diff -q only counts" n_lines out 1
run diff own.csv own.image
check "diff of a list and its image: exit 0" exits 0
run diff own.csv cut.gz
check "diff with a broken list: exit 2" exits 2

# --- import and export

run import own.csv
check "import of the own format: exit 0" exits 0
check "... passes through" same out own.csv
"$bin" import - <own.csv.gz >out 2>err
status=$?
ran='import - <own.csv.gz'
check "import of standard input, compressed: exit 0" exits 0
check "... passes through" same out own.csv
run import -o made.csv own.csv
check "import -o: exit 0" exits 0
check "... writes there" same made.csv own.csv
run import cut.gz
check "import of a broken file: exit 1" exits 1
run import own.image
check "import of an image: exit 2" exits 2
check "... says what to do instead" said 'own\.image: is a compiled image, expected a list; .*export -f csv'
check "... and prints nothing" n_lines out 0
printf '<html>\n<p>pool.example</p>\n' >page.html
run import page.html
check "import of a page of HTML: exit 1" exits 1
check "... says what it is" said 'page\.html: refused whole: it is HTML'
check "... and nothing of rows" n_lines err 1
run export -f csv -c /dev/null
check "export of the configuration's lists: exit 0" exits 0
# Every sample of tests/lists: what is taken of it compiles, and comes back whole through the own format; other formats can
# be read again.
for sample in "$top"/tests/lists/*; do
	[ -f "$sample" ] && [ "${sample##*/}" != README ] || continue
	run import -o sample.csv "$sample"
	if [ "$status" -eq 1 ]; then
		check "${sample##*/}: refused whole, with the reason" said 'refused whole: .*none of its [0-9]+ rows'
		continue
	fi
	check "${sample##*/} is imported" exits 0
	check "... and told" said 'type [a-z]+, [0-9]+ lines, [0-9]+ rows read'
	run export -f csv -o back.csv sample.csv
	check "... exported to the own format" exits 0
	run diff sample.csv back.csv
	check "... and comes back whole" exits 0
	ran="export and import of ${sample##*/} in six formats"
	status=0
	: >err
	"$bin" export -q -f plain -o back.plain sample.csv 2>>err
	for format in plain hosts rpz zeek dataset stix; do
		grep -q '^[^#]*[a-z]' back.plain || continue # exceptions or addresses alone, which these do not have
		"$bin" export -q -f "$format" -o "back.$format" sample.csv 2>>err || status=1
		"$bin" import -q --type "$format" -o again.csv "back.$format" 2>>err || status=1
		"$bin" compile -q again.csv 2>>err || status=1
	done
	check "... and through the formats of others" exits 0
done

if [ -w /dev/full ]; then
	ran='export -f csv >/dev/full'
	status=0
	: >out
	"$bin" export -f csv -c /dev/null >/dev/full 2>err || status=$?
	check "a full disk: exit 2" exits 2
	check "... with the reason" said 'no space|write|full'
fi

echo "1..$n"
exit $failed
