#!/usr/bin/env bash
# The project's two commands for everybody:
#   ./build.sh demo [arguments]   builds, and runs the main sample (samples/RobotCell) with them
#   ./build.sh test               builds, and runs all tests, of C# and of Python
# and, for those who work on it: ./build.sh setup (installs what is missing, no more), ./build.sh build.
# Needs the .NET SDK (global.json). python3 with numpy (and pytest, for the tests) is installed where this may be done.
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

# What only the tests need: spin and a C compiler for the proof, the same and zlib for the sample as a native program.
setup_test_tools() {
    local packages=()
    command -v spin >/dev/null 2>&1 || packages+=(spin)
    { command -v clang || command -v gcc; } >/dev/null 2>&1 || packages+=(clang)
    [ -e /usr/include/zlib.h ] || packages+=(zlib1g-dev)
    if [ ${#packages[@]} != 0 ]; then
        install_packages "${packages[@]}"
    fi
    command -v spin >/dev/null 2>&1 || fail "spin is needed to check the proof (Debian, Ubuntu: sudo apt-get install spin)."
    { command -v clang || command -v gcc; } >/dev/null 2>&1 || fail "a C compiler is needed (Debian, Ubuntu: sudo apt-get install clang)."
}

setup_dotnet() {
    command -v dotnet >/dev/null 2>&1 || fail "the .NET SDK is needed, version 10 (https://dot.net)."
}

build() {
    setup_dotnet
    dotnet build SharedObject.sln -c "$CONFIGURATION" --nologo -v quiet || fail "the build failed."
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
    passed=$(sed -nE 's/.*[^0-9]?([0-9]+) passed.*/\1/p' <<<" $line")
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

# Processes of both languages write, read and die for a while; a reader that skips the check must see torn values, all others none.
run_hunt() {
    local log=$1
    if dotnet tests/SharedObject.Hunt/bin/$CONFIGURATION/net10.0/SharedObject.Hunt.dll hunt --seconds 10 --control >"$log" 2>&1; then
        count "hunt for torn values" 1 0 "$log"
    else
        count "hunt for torn values" 0 1 "$log"
    fi
    tail -n 1 "$log"
}

# No test may leave a segment behind: that is one more test.
check_leftovers() {
    local log=$1
    ls /dev/shm 2>/dev/null | grep -E '^so-(test|pytest)-' >"$log"
    if [ -s "$log" ]; then
        count "no segments left in /dev/shm" 0 1 "$log"
    else
        count "no segments left in /dev/shm" 1 0 "$log"
    fi
}

run_tests() {
    setup_python numpy pytest
    setup_test_tools
    build
    local logs project
    logs=$(mktemp -d)
    trap 'rm -rf "$logs"' EXIT
    for project in $(grep -l Microsoft.NET.Test.Sdk tests/*/*.csproj); do
        run_dotnet_tests "$(dirname "$project")" "$logs/$(basename "$project").log"
    done
    run_python_tests "$logs/python.log"
    run_proof "$logs/proof.log"
    run_hunt "$logs/hunt.log"
    check_leftovers "$logs/leftovers.log"
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
    setup)
        setup_dotnet
        setup_python numpy pytest
        setup_test_tools
        ;;
    *)
        sed -n '2,6s/^# \{0,1\}//p' "$0"
        exit 2
        ;;
esac
