#!/usr/bin/env bash
# The project's two commands for everybody:
#   ./build.sh demo [arguments]   builds, and runs the main sample (samples/RobotCell) with them
#   ./build.sh test               builds, and runs all tests, of C# and of Python
# and, for those who work on it: ./build.sh setup (installs what is missing, no more), ./build.sh build,
# ./build.sh api (lists the public API anew: docs/architecture.md).
# Needs the .NET SDK (global.json). python3 with numpy (for the tests also pytest, spin, mosquitto, clang and zlib1g-dev) is installed where this may be done.
set -uo pipefail
cd "$(dirname "$0")"

CONFIGURATION=Release
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1

fail() {
    echo "build.sh: $*" >&2
    exit 1
}

# Prints the first Python that can import all the given modules.
find_python() {
    local imports python
    imports=$(printf 'import %s;' "$@")
    for python in "${SHAREDOBJECT_PYTHON:-}" python3 /usr/bin/python3; do
        if [ -n "$python" ] && command -v "$python" >/dev/null 2>&1 && "$python" -c "$imports" >/dev/null 2>&1; then
            command -v "$python"
            return 0
        fi
    done
    return 1
}

# Installs Debian packages where that may be done; whoever calls it looks afterwards whether it was.
install_packages() {
    if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null 2>&1; then
        echo "build.sh: installing $*" >&2
        { apt-get update && DEBIAN_FRONTEND=noninteractive apt-get install -y "$@"; } >/dev/null 2>&1
    fi
}

# Sets SHAREDOBJECT_PYTHON to a Python with the given modules.
setup_python() {
    local python
    if ! python=$(find_python "$@"); then
        install_packages python3 "${@/#/python3-}"
        python=$(find_python "$@") || fail "python3 with these modules is needed: $*. Install them (Debian, Ubuntu: sudo apt-get install ${*/#/python3-}), or name such a Python in SHAREDOBJECT_PYTHON."
    fi
    export SHAREDOBJECT_PYTHON="$python"
}

setup_spin() {
    command -v spin >/dev/null 2>&1 || install_packages spin
    command -v spin >/dev/null 2>&1 || fail "spin is needed to check the proof (Debian, Ubuntu: sudo apt-get install spin)."
}

# The broker of the bridge's tests; Debian has it where only root looks for programs.
have_mosquitto() {
    command -v mosquitto >/dev/null 2>&1 || [ -x /usr/sbin/mosquitto ]
}

setup_mosquitto() {
    have_mosquitto || install_packages mosquitto
    have_mosquitto || fail "mosquitto is needed to test the bridge (Debian, Ubuntu: sudo apt-get install mosquitto)."
}

# What the lab of the bridge's tests makes its hosts with.
missing_for_lab() {
    local program
    for program in ip unshare nsenter setpriv; do
        command -v "$program" >/dev/null 2>&1 || [ -x "/usr/sbin/$program" ] || echo "$program"
    done
}

setup_lab() {
    [ -z "$(missing_for_lab)" ] || install_packages iproute2 util-linux
    [ -z "$(missing_for_lab)" ] || fail "the lab of the bridge's tests needs $(missing_for_lab | xargs) (Debian, Ubuntu: sudo apt-get install iproute2 util-linux)."
}

setup_dotnet() {
    command -v dotnet >/dev/null 2>&1 || fail "the .NET SDK is needed, version 10 (https://dot.net)."
}

# Whether a C compiler links a program with zlib, which is what NativeAOT needs.
have_native() {
    local compiler folder status=1
    folder=$(mktemp -d)
    for compiler in clang gcc; do
        if command -v "$compiler" >/dev/null 2>&1; then
            printf '#include <zlib.h>\nint main(void) { return zlibVersion() == 0; }\n' >"$folder/main.c"
            "$compiler" "$folder/main.c" -lz -o "$folder/main" >/dev/null 2>&1 && status=0
            # The SDK takes the first that there is.
            break
        fi
    done
    rm -rf "$folder"
    return "$status"
}

# Installs what NativeAOT needs, where that is possible. No failure where it is not: only the test of the native program needs it,
# and says so.
setup_native() {
    have_native || install_packages clang zlib1g-dev
    have_native || echo "build.sh: clang and zlib1g-dev are missing: the test of the native program will fail." >&2
}

build() {
    setup_dotnet
    dotnet build SharedObject.sln -c "$CONFIGURATION" --nologo -v quiet || fail "the build failed."
}

# Writes the lists of the public API anew, from what the analyzer misses in empty ones.
api() {
    setup_dotnet
    local file
    for file in src/*/PublicAPI.Unshipped.txt; do
        api_of "$(dirname "$file")" "$file"
    done
}

api_of() {
    local project=$1 file=$2 log symbols
    log=$(mktemp)
    cp "$file" "$log.before"
    echo '#nullable enable' >"$file"
    if ! dotnet build "$project" -c "$CONFIGURATION" --nologo --no-incremental -p:TreatWarningsAsErrors=false >"$log" 2>&1; then
        cp "$log.before" "$file"
        cat "$log"
        rm -f "$log" "$log.before"
        fail "the build failed."
    fi
    # Of this project's files alone: those it refers to are built too.
    symbols=$(sed -n "s/.* RS0016: Symbol '\(.*\)' is not part of the declared public API.*\[.*$(basename "$project")\.csproj\]\$/\1/p" "$log" | LC_ALL=C sort -u)
    rm -f "$log" "$log.before"
    [ -z "$symbols" ] || echo "$symbols" >>"$file"
}

demo() {
    setup_python numpy
    setup_dotnet
    dotnet build samples/RobotCell/consumer -c "$CONFIGURATION" --nologo -v quiet || fail "the build failed."
    dotnet run --project samples/RobotCell/consumer -c "$CONFIGURATION" --no-build -- "$@"
}

PASSED=0
FAILED=0

# Adds what one part of the tests counted, and what it printed where it failed.
count() {
    local name=$1 passed=$2 failed=$3 log=$4
    passed=${passed:-0}
    failed=${failed:-1} # a part that does not say how it went has failed
    PASSED=$((PASSED + passed))
    FAILED=$((FAILED + failed))
    echo "$name: $passed passed, $failed failed"
    if [ "$failed" != 0 ]; then
        tail -n 200 "$log"
    fi
}

# Runs one test project. A run that ends without saying how many tests it ran, and a skipped test in CI, count as failures.
run_dotnet_tests() {
    local project=$1 log=$2 line passed failed skipped
    dotnet test "$project" -c "$CONFIGURATION" --no-build --nologo >"$log" 2>&1
    local status=$?
    line=$(grep -E '^(Passed|Failed)! ' "$log" | tail -n 1)
    passed=$(sed -nE 's/.*Passed: *([0-9]+).*/\1/p' <<<"$line")
    failed=$(sed -nE 's/.*Failed: *([0-9]+).*/\1/p' <<<"$line")
    skipped=$(sed -nE 's/.*Skipped: *([0-9]+).*/\1/p' <<<"$line")
    failed=${failed:-1}
    if [ "${CI:-}" = true ]; then
        failed=$((failed + ${skipped:-0}))
    fi
    if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
        failed=1
    fi
    count "$(basename "$project")" "${passed:-0}" "$failed" "$log"
}

run_python_tests() {
    local log=$1 line passed failed
    PYTHONPATH=python/src PYTHONDONTWRITEBYTECODE=1 "$SHAREDOBJECT_PYTHON" -m pytest python/tests -q -p no:cacheprovider >"$log" 2>&1
    local status=$?
    line=$(tail -n 1 "$log")
    passed=$(sed -nE 's/.*[^0-9]([0-9]+) passed.*/\1/p' <<<" $line")
    failed=0
    local what number
    for what in failed error errors skipped xfailed; do
        if [ "$what" != skipped ] || [ "${CI:-}" = true ]; then
            number=$(sed -nE "s/.*[^0-9]([0-9]+) $what([^a-z].*)?\$/\1/p" <<<" $line")
            failed=$((failed + ${number:-0}))
        fi
    done
    if [ "$status" != 0 ] && [ "$failed" = 0 ]; then
        failed=1
    fi
    count "python" "${passed:-0}" "$failed" "$log"
}

# The model of the lock-free protocol: what must hold, what must be found, what must be reachable.
run_proof() {
    local log=$1 line
    proof/run.sh >"$log" 2>&1
    line=$(tail -n 1 "$log")
    count "proof" "$(sed -nE 's/^([0-9]+) passed.*/\1/p' <<<"$line")" "$(sed -nE 's/.* ([0-9]+) failed$/\1/p' <<<"$line")" "$log"
}

# The segments of tests that are there now.
segments() {
    ls /dev/shm 2>/dev/null | grep -E '^so-(test|pytest)-'
}

# No test may leave a segment behind: that is one more test. Those of earlier runs that were killed do not count.
check_leftovers() {
    local before=$1 log=$2
    segments | grep -vxFf "$before" >"$log"
    if [ -s "$log" ]; then
        count "no segments left in /dev/shm" 0 1 "$log"
    else
        count "no segments left in /dev/shm" 1 0 "$log"
    fi
}

run_tests() {
    setup_python numpy pytest
    setup_spin
    setup_mosquitto
    setup_lab
    setup_native
    build
    local logs project
    LOGS=$(mktemp -d)
    trap 'rm -rf "$LOGS"' EXIT
    logs=$LOGS
    segments >"$logs/before"
    for project in $(grep -l Microsoft.NET.Test.Sdk tests/*/*.csproj); do
        run_dotnet_tests "$(dirname "$project")" "$logs/$(basename "$project").log"
    done
    run_python_tests "$logs/python.log"
    run_proof "$logs/proof.log"
    check_leftovers "$logs/before" "$logs/leftovers.log"
    echo "$PASSED passed, $FAILED failed"
    [ "$FAILED" = 0 ]
}

case "${1:-}" in
    demo)
        shift
        demo "$@"
        ;;
    test) run_tests ;;
    build) build ;;
    api) api ;;
    setup)
        setup_dotnet
        setup_python numpy pytest
        setup_spin
        setup_mosquitto
        setup_lab
        setup_native
        ;;
    *)
        sed -n '2,7s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
esac
