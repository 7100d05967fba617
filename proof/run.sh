#!/usr/bin/env bash
# Checks the models with spin: the proofs, what must be reachable, and the mistakes that must be found.
#   ./run.sh             everything; the exit code is 0 only if all came out as expected
#   ./run.sh WORD        only the lines whose name or group contains WORD
#   ./run.sh --trace NAME    the steps of the counterexample that a control finds
# Needs spin and gcc (Debian, Ubuntu: apt-get install spin gcc). Takes about a minute on 2 cores, and under 2 GB.
set -uo pipefail
cd "$(dirname "$0")"
HERE=$PWD

# group  name  model  expected  defines...
# Expected: "holds", or the property that the counterexample violates. "S" is "a waiter sleeps for ever", "reached" a mark
# that a run must pass (else a proof may hold because nothing happens in it).
table() {
    cat <<'TABLE'
proof    all-writers            read_write holds OPS=3
proof    four-operations        read_write holds OPS=4 ONE_START NO_UPDATE
proof    healed-is-lock-free    read_write holds OPS=3 ONE_START CHECK_P8
proof    reader-beside-healer   read_write holds OPS=3 ONE_START NO_UPDATE HEALERS=1
proof    reader-beside-two      read_write holds OPS=2 HEALERS=2
proof    two-readers            read_write holds OPS=2 READERS=2 ONE_START NO_UPDATE DEATHS=1
proof    read-only-beside-heal  read_write holds OPS=2 READ_ONLY=true HEALERS=1
proof    accept-as-it-is        read_write holds OPS=3 ONE_START ACCEPT_AS_IT_IS
proof    clock-stepped-back     read_write holds OPS=3 ONE_START FIRST_STAMP=200
proof    waiting                wait       holds WRITES=3
proof    waiting-with-deaths    wait       holds WRITES=3 DEATH STEP_RUNS_OUT
proof    adopt-number           adopt      holds OBJECT=3
proof    adopt-bytes-of-128     adopt      holds OBJECT=7
proof    adopt-none             adopt      holds OBJECT=0
proof    adopt-in-one-write     adopt      holds OBJECT=3 ONE_WRITE
proof    adopt-none-one-write   adopt      holds OBJECT=0 ONE_WRITE
proof    adopt-128-one-write    adopt      holds OBJECT=7 ONE_WRITE
proof    grow                   grow       holds OPS=3 WILD_LENGTHS
proof    grow-two-deaths        grow       holds OPS=3 DEATHS=2
proof    grow-two-writers       grow       holds OPS=2 WRITERS=2 DOWN
proof    grow-two-readers       grow       holds OPS=1 READERS=2

mistake  mtime-after-data       read_write P1 OPS=2 MISTAKE_MTIME_AFTER_DATA
mistake  commit-before-data     read_write P1 OPS=2 MISTAKE_COMMIT_BEFORE_DATA ONLY_P1
mistake  heal-without-lock      read_write P1 OPS=2 MISTAKE_HEAL_WITHOUT_LOCK
mistake  commit-checked-twice   read_write P1 OPS=2 MISTAKE_COMMIT_TWICE
mistake  stamp-zero-accepted    read_write P1 OPS=3 MISTAKE_STAMP_ZERO
mistake  mtime-loaded-early     read_write P1 OPS=2 MISTAKE_MTIME_EARLY ONLY_P1 NO_UPDATE
mistake  begin-under-trigger    read_write P1 OPS=2 MISTAKE_BEGIN DEATHS=1 ONLY_P1 NO_PYTHON_ASSIGN NO_UPDATE
mistake  begin-two-deaths       read_write P1 OPS=2 MISTAKE_BEGIN ONLY_P1 NO_PYTHON_ASSIGN NO_UPDATE NO_PYTHON_TRIGGER NO_CSHARP_TRIGGER
mistake  no-store-load-fence    wait       S  MISTAKE_NO_FENCE
mistake  wake-one               wait       S  MISTAKE_WAKE_ONE
mistake  adopt-no-recheck       adopt      A1 MISTAKE_NO_RECHECK
mistake  adopt-no-recheck-torn  adopt      A2 MISTAKE_NO_RECHECK WITHOUT_A1

mistake  no-store-order-arm64   read_write P1 OPS=2 MISTAKE_NO_STORE_ORDER
mistake  same-stamp-twice       read_write P1 OPS=3 MISTAKE_SAME_STAMP
mistake  heal-torn              read_write P1 OPS=2 MISTAKE_HEAL_TORN ONLY_P1
mistake  trigger-commits-torn   read_write P1 OPS=2 MISTAKE_TRIGGER_COMMITS ONLY_P1
mistake  update-on-torn         read_write P1 OPS=2 MISTAKE_UPDATE_ON_TORN
mistake  update-without-trailer read_write P1 OPS=2 MISTAKE_BLIND_UPDATE
mistake  writing-before-mtime   read_write P6 OPS=2 MISTAKE_WRITING_BEFORE_MTIME
mistake  commit-before-writing  read_write P6 OPS=2 MISTAKE_COMMIT_BEFORE_WRITING
mistake  memory-by-mtime        read_write P7 OPS=2 MISTAKE_REMEMBER_BY_MTIME
mistake  memory-of-mtime-zero   read_write P7 OPS=3 MISTAKE_REMEMBER_ZERO
mistake  waiters-as-a-flag      wait       S  MISTAKE_FLAG
mistake  waiters-not-atomic     wait       S  MISTAKE_PLAIN_INCREMENT
mistake  register-late          wait       S  MISTAKE_REGISTER_LATE
mistake  wake-read-after-news   wait       S  MISTAKE_READ_WAKE_LATE
mistake  no-bounded-step        wait       S  DEATH
mistake  adopt-being-made       adopt      A3 MISTAKE_ADOPT_BEING_MADE
mistake  adopt-never-finished   adopt      A4 MISTAKE_NEVER_FINISH
mistake  adopt-finish-any       adopt      A3 MISTAKE_FINISH_ANY OBJECT=7
mistake  grow-length-first      grow       G3 OPS=2 MISTAKE_LENGTH_FIRST
mistake  grow-length-early      grow       G3 OPS=2 MISTAKE_LENGTH_BEFORE_COMMIT
mistake  grow-length-late       grow       G3 OPS=2 MISTAKE_LENGTH_AFTER_MTIME
mistake  grow-length-unchecked  grow       G1 OPS=2 MISTAKE_LENGTH_NOT_CHECKED
mistake  grow-extended-late     grow       G6 OPS=2 MISTAKE_EXTEND_LATE
mistake  grow-mapped-as-claimed grow       G2 OPS=2 MISTAKE_MAP_WHAT_IS_CLAIMED WILD_LENGTHS
mistake  grow-shrink            grow       G2 OPS=2 MISTAKE_SHRINK
mistake  grow-by-own-mapping    grow       G2 OPS=3 MISTAKE_GROW_BY_MAPPING WRITERS=2
mistake  grow-never-remapped    grow       G5 OPS=2 MISTAKE_NO_REMAP

reach    lock-free-after-heal   read_write reached OPS=2 REACH_LOCK_FREE_AFTER_HEAL CHECK_P8
reach    lock-free-two-deaths   read_write reached OPS=3 REACH_LOCK_FREE_AFTER_TWO_DEATHS
reach    heal-together          read_write reached OPS=2 REACH_HEAL_TOGETHER HEALERS=1
reach    torn                   read_write reached OPS=2 REACH_TORN
reach    torn-from-memory       read_write reached OPS=2 REACH_TORN_FROM_MEMORY
reach    torn-under-trigger     read_write reached OPS=2 REACH_TORN_UNDER_TRIGGER
reach    torn-after-two-deaths  read_write reached OPS=2 REACH_TORN_AFTER_TWO_DEATHS
reach    old-value-after-death  read_write reached OPS=2 REACH_OLD_VALUE_AFTER_DEATH
reach    repaired-by-python     read_write reached OPS=2 REACH_REPAIR
reach    late-look-stays-torn   read_write reached OPS=2 REACH_LATE_LOOK
reach    waiter-sleeps          wait       reached REACH_SLEEP
reach    waiter-woken           wait       reached REACH_WOKEN
reach    wake-changed           wait       reached REACH_CHANGED
reach    no-needless-call       wait       reached REACH_NO_CALL
reach    adoption-finished      adopt      reached REACH_FINISH
reach    adopted-torn           adopt      reached REACH_TORN
reach    grow-remapped          grow       reached OPS=2 REACH_REMAP
reach    grow-then-shorter      grow       reached OPS=2 REACH_SHORTER
reach    grow-death-old-value   grow       reached OPS=2 REACH_OLD_IN_A_LONGER_FILE
reach    grow-death-torn        grow       reached OPS=2 REACH_TORN_IN_A_LONGER_FILE
TABLE
}

# Which property a violated assertion states.
property() {
    case "$1" in
        *"invalid end state"*) echo S ;;
        *"v[0]==v[1]"*) echo P1 ;;
        *">=last"*) echo P3 ;;
        *"(v[0]==good[0])"*) echo P2 ;;
        *"c!=0"* | *"m!=0"*) echo P4 ;;
        *"died_inside"*) echo P6 ;;
        *owed*) echo P7 ;;
        *healed*) echo P8 ;;
        *"writing==0"*) echo I1 ;;
        *"magic==0"*) echo A1 ;;
        *broken*) echo A2 ;;
        *made*) echo A4 ;;
        *"g=="?")"*) echo A3 ;;
        *"at<m"*) echo G1 ;;
        *"at<file"*) echo G2 ;;
        *good_l*) echo G3 ;;
        *before*) echo G4 ;;
        *refused*) echo G5 ;;
        *"length<=file"*) echo G6 ;;
        *) echo other ;;
    esac
}

check() {
    local group=$1 name=$2 model=$3 expected=$4 directory=$5
    shift 5
    local optimise=-O2 hash=24 defines=("${@/#/-D}") out verdict states depth unreached seconds bad=""
    [ "$group" = proof ] || { optimise=-O0 hash=20; defines+=(-DWITHOUT_I1); }     # short searches: compiling is what takes time
    mkdir "$directory/$name" && cd "$directory/$name" || exit 2
    cp "$HERE/$model.pml" . || exit 2
    if ! { spin -a "${defines[@]}" "$model.pml" && gcc $optimise -w -DSAFETY -DCOLLAPSE -DMEMLIM=1500 -o pan pan.c; } >build.txt 2>&1; then
        out="" verdict="does not build: $(head -1 build.txt)"
    else
        out=$(nice -n 10 ./pan -m50000 -w$hash 2>&1)
        case "$out" in
            *"max search depth too small"* | *"out of memory"* | *"memory limit"* | *"aborting"* | *"VECTORSZ"*) verdict="search cut short" ;;
            *"pan:1: "*) verdict=$(property "$(grep -m1 '^pan:1: ' <<<"$out")") ;;
            *"errors: 0"*) verdict=holds ;;
            *) verdict="no result" ;;
        esac
    fi
    case "$group" in
        reach) case "$verdict" in [PSAG]? | S | other) grep -q 'pan:1: assertion' <<<"$out" && verdict=reached ;; esac ;;
        proof)
            # Code that no execution reaches proves nothing. "-end-" is the end of a process that runs for ever.
            unreached=$(sed -n '/^unreached in/,$p' <<<"$out" | grep 'state ' | grep -v -- '"-end-"')
            if [ "$verdict" = holds ]; then
                # A None has no data and, adopted in one write, no half-adopted state: the other objects reach those lines.
                case "$name" in adopt-none*) unreached="" ;; esac
                [ -z "$unreached" ] || { verdict="unreached code"; bad=$unreached; }
            fi ;;
    esac
    states=$(sed -n 's/^ *\([0-9.e+]*\) states, stored.*/\1/p' <<<"$out" | head -1)
    depth=$(sed -n 's/.*depth reached \([0-9]*\).*/\1/p' <<<"$out" | head -1)
    seconds=$(sed -n 's/^pan: elapsed time \([0-9.e+-]*\) .*/\1/p' <<<"$out" | head -1)
    local mark=ok
    [ "$verdict" = "$expected" ] || mark=FAILED
    printf '%-6s %-7s %-23s expected %-8s got %-8s %9s states  depth %5s  %6s s\n' \
        "$mark" "$group" "$name" "$expected" "$verdict" "${states:-?}" "${depth:-?}" "${seconds:-?}" >line
    [ -z "$bad" ] || sed 's/^/       /' <<<"$bad" >>line
    cat line
    [ $mark = ok ] && rm -f pan pan.* || true
}

trace() {
    local group name model expected defines
    read -r group name model expected defines < <(table | awk -v n="$1" '$2 == n')
    [ -n "${name:-}" ] || { echo "run.sh: no such line: $1" >&2; exit 2; }
    [ "$group" != proof ] || { echo "run.sh: a proof has no counterexample" >&2; exit 2; }
    defines="-D${defines// / -D} -DWITHOUT_I1"
    cp "$model.pml" "$WORK" && cd "$WORK" || exit 2
    # The shortest trail there is: a search that goes on for shorter ones.
    # shellcheck disable=SC2086
    spin -a $defines "$model.pml" && gcc -O2 -w -DSAFETY -DREACH -o pan pan.c && ./pan -i -m400 >/dev/null 2>&1
    # shellcheck disable=SC2086
    spin -t -p -g -l $defines "$model.pml" | grep -v '^ *$'
}

WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
for tool in spin gcc; do
    command -v $tool >/dev/null 2>&1 || { echo "run.sh: $tool is needed (Debian, Ubuntu: apt-get install spin gcc)" >&2; exit 2; }
done
if [ "${1:-}" = --trace ]; then
    trace "${2:?a name from the table}"
    exit
fi

started=$SECONDS
export HERE
export -f check property
# Two at a time; the long ones stand first.
table | grep . | { [ -n "${1:-}" ] && grep -- "$1" || cat; } >"$WORK/table"
xargs -P 2 -L 1 bash -c 'check "$1" "$2" "$3" "$4" "$0" "${@:5}"' "$WORK" <"$WORK/table" 
passed=$(cat "$WORK"/*/line | grep -c '^ok ')
failed=$(($(wc -l <"$WORK/table") - passed))
echo "$(spin -V), $((SECONDS - started)) s"
echo "$passed passed, $failed failed"
[ "$failed" = 0 ] && [ "$passed" -gt 0 ]
