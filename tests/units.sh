#!/bin/sh
# tests/units.sh: TAP. What systemd makes of the units: that it reads them, and how exposed it thinks they are; that the
# sample configuration is valid; that users and directories are declared in words systemd knows.
export LC_ALL=C
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TOP_BUILDDIR:-$top/build}
bin=${COUNTERMINE:-$build/countermine}
n=0
failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT

ok() {
	n=$((n + 1))
	echo "ok $n - $1"
}
# not_ok NAME FILE: with what the file says.
not_ok() {
	n=$((n + 1))
	failed=1
	echo "not ok $n - $1"
	sed 's/^/# /' "$2"
}

if "$bin" -c "$top/packaging/countermine.conf" -T >"$tmp/out" 2>&1; then
	ok "the sample configuration is valid"
else
	not_ok "the sample configuration is valid" "$tmp/out"
fi
# The keys that the sample shows as comments are valid too, with files as those that they name.
sed "s/^# \([a-z_]* = \)/\1/; s/^# \(\[[a-z]*\]\)/\1/; /^files = /s,/[a-z/-]*/,$tmp/,g; /^allow = /s,/.*/,$tmp/,; /^inventory = /s,/.*,$tmp/inventory,; /^asn = /s,/.*,$tmp/asn.mmdb,; /^country = /s,/.*,$tmp/city.mmdb," \
	"$top/packaging/countermine.conf" >"$tmp/all.conf"
perl "$top/tests/geo/make.pl" "$tmp"
mkdir "$tmp/inventory"
cp "$top"/tests/inventory/account/* "$tmp/inventory"
echo pool.example >"$tmp/own-names.csv"
echo 0.0.0.0 web.example | gzip >"$tmp/hosts.txt.gz"
printf 'name,reason\npool.example,a test\n' >"$tmp/allow.csv"
if "$bin" -c "$tmp/all.conf" -T >"$tmp/out" 2>&1; then
	ok "and with all that it shows in comments"
else
	not_ok "and with all that it shows in comments" "$tmp/out"
fi

if ! command -v systemd-analyze >/dev/null; then
	if [ "${CI-}" = true ]; then
		echo "systemd-analyze is missing (Debian: apt install systemd)" >"$tmp/out"
		not_ok "systemd-analyze is there" "$tmp/out"
	else
		n=$((n + 1))
		echo "ok $n - systemd reads the units # SKIP systemd-analyze is not installed"
	fi
	echo "1..$n"
	exit $failed
fi

# most UNIT: the exposure, in tenths, that it may have.
most() {
	case $1 in
	*-host.service) echo 40 ;;
	*) echo 20 ;;
	esac
}

for unit in ${UNITS:-packaging/systemd/countermine.service}; do
	# A unit with an @ is looked at as an instance; the program need not be installed, and neither need its pages.
	name=$(basename "$unit" | sed 's/@\./@one./')
	sed 's|^ExecStart=[^ ]*|ExecStart=/bin/true|; /^Documentation=/d' "$build/$unit" >"$tmp/$name"
	if systemd-analyze verify "$tmp/$name" >"$tmp/out" 2>&1 && ! grep -q "$name" "$tmp/out"; then
		ok "systemd reads $name without a warning"
	else
		not_ok "systemd reads $name without a warning" "$tmp/out"
	fi
	systemd-analyze security --offline=yes "$tmp/$name" >"$tmp/out" 2>&1
	score=$(sed -n 's/.*Overall exposure level for .*: \([0-9]*\)\.\([0-9]\).*/\1\2/p' "$tmp/out")
	case $score in
	'') not_ok "exposure of $name is told" "$tmp/out" ;;
	*)
		echo "# $name: exposure ${score%?}.${score#${score%?}}"
		limit=$(most "$name")
		if [ "$score" -le "$limit" ]; then ok "exposure of $name is at most $limit tenths"; else
			not_ok "exposure of $name is at most $limit tenths" "$tmp/out"
		fi
		;;
	esac
	if grep -q '@[a-z]*dir@' "$build/$unit"; then
		not_ok "$name has all its paths" "$build/$unit"
	else
		ok "$name has all its paths"
	fi
done

cp "$top"/packaging/systemd/*.timer "$tmp"
for timer in "$tmp"/*.timer; do
	sed -i '/^Documentation=/d' "$timer"
	if systemd-analyze verify "$timer" >"$tmp/out" 2>&1 && ! grep -q "${timer##*/}" "$tmp/out"; then
		ok "systemd reads ${timer##*/} without a warning"
	else
		not_ok "systemd reads ${timer##*/} without a warning" "$tmp/out"
	fi
done

# systemd-sysusers and systemd-tmpfiles, in a root of their own.
mkdir -p "$tmp/root/etc"
if command -v systemd-sysusers >/dev/null; then
	if systemd-sysusers --root="$tmp/root" - <"$top/packaging/sysusers.d/countermine.conf" >"$tmp/out" 2>&1 &&
		grep -q '^countermine:' "$tmp/root/etc/passwd"; then
		ok "systemd-sysusers makes the user"
	else
		not_ok "systemd-sysusers makes the user" "$tmp/out"
	fi
fi
if command -v systemd-tmpfiles >/dev/null && [ "$(id -u)" -eq 0 ]; then
	if systemd-tmpfiles --create --root="$tmp/root" - <"$build/packaging/tmpfiles.d/countermine.conf" >"$tmp/out" 2>&1 &&
		[ -d "$tmp/root/var/lib/countermine" ]; then
		ok "systemd-tmpfiles makes the directories"
	else
		not_ok "systemd-tmpfiles makes the directories" "$tmp/out"
	fi
fi
echo "1..$n"
exit $failed
