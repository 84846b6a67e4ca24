#!/bin/sh
# tests/translations.sh: TAP. A message that lacks a language, or evidence that says nothing, does not compile.
export LC_ALL=C
top=${TOP_SRCDIR:-$(cd "$(dirname "$0")/.." && pwd)}
build=${TOP_BUILDDIR:-$top/build}
texts=$top/src/finding/message_texts.h
n=0
failed=0
tmp=$(mktemp -d) || exit 1
trap 'rm -rf "$tmp"' EXIT
mkdir "$tmp/finding"

# compiles NAME yes|no SED: whether messages.c compiles with the table that SED makes.
compiles() {
	n=$((n + 1))
	sed -E "$3" "$texts" >"$tmp/finding/message_texts.h"
	if [ "$2" = no ] && cmp -s "$texts" "$tmp/finding/message_texts.h"; then
		failed=1
		echo "not ok $n - $1: the table is changed by $3"
		return
	fi
	# shellcheck disable=SC2086 # the compiler may have options
	if ${CC:-cc} -std=gnu11 -Wall -Wextra -Werror -fsyntax-only -I"$tmp" -I"$top/src" -I"$build" "$top/src/finding/messages.c" 2>"$tmp/said"; then
		said=yes
	else
		said=no
	fi
	if [ $said = "$2" ]; then echo "ok $n - $1"; else
		failed=1
		echo "not ok $n - $1"
		sed 's/^/# /' "$tmp/said"
	fi
}

compiles "the table as it is compiles" yes ''
compiles "a message without Japanese does not" no 's/^(MESSAGE\(TITLE_NODE, "[^"]*"), ".*"\)$/\1)/'
compiles "a message with empty Japanese does not" no 's/^(MESSAGE\(TITLE_NODE, "[^"]*"), ".*"\)$/\1, "")/'
compiles "a message with empty English does not" no 's/^(MESSAGE\(TITLE_NODE), "[^"]*"(, ".*"\))$/\1, ""\2/'
compiles "a detail without Japanese does not" no 's/^(DETAIL\(ACCEPTED, "[^"]*"), ".*"\)$/\1)/'
compiles "a kind of evidence without detail does not" no '/^DETAIL\(ACCEPTED, /d'
compiles "a kind of evidence with two details does not" no '/^DETAIL\(ACCEPTED, /{p;s/ACCEPTED/REJECTED/;}'
compiles "a kind of evidence that nothing falsifies does not" no '/^FALSIFIED\(ACCEPTED, /d'
echo "1..$n"
exit $failed
