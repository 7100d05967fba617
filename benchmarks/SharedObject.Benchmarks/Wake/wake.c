/*
 * The floor of a wake from one process to another: no locks, no stamps, no value; a word, and what waits for it.
 *
 *   wake futex|spin waiter|writer PATH CORE
 *
 * PATH is a file in shared memory, CORE a core to run on, or -1 for any. For each line on its input that says how many wakes, and at
 * least how many nanoseconds lie between two of them, a writer does them and answers "done"; a waiter answers "ready", and afterwards
 * with one line of numbers: for each wake, the nanoseconds from the writer's clock just before its store to its own clock after the wait.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/futex.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#if defined(__x86_64__)
#define pause_core() __builtin_ia32_pause()
#else
#define pause_core() __asm__ volatile("yield")
#endif

enum { LONGEST_ROUND = 60 }; /* seconds: whoever is left alone for longer ends */

struct shared {
    _Atomic uint32_t word;
    _Atomic int64_t stamp;
};

static int64_t now(void) {
    struct timespec time;
    clock_gettime(CLOCK_REALTIME, &time);
    return time.tv_sec * INT64_C(1000000000) + time.tv_nsec;
}

/* The writer sleeps before the store that a sleeper waits for, and spins before that of one who spins. */
static void pass(int spin, int64_t until) {
    if (spin) {
        while (now() < until)
            pause_core();
        return;
    }
    struct timespec end = {until / 1000000000, until % 1000000000};
    clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &end, NULL);
}

static void write_words(struct shared *shared, int spin, long count, int64_t gap) {
    for (long i = 0; i < count; i++) {
        pass(spin, now() + gap);
        atomic_store_explicit(&shared->stamp, now(), memory_order_relaxed);
        atomic_fetch_add_explicit(&shared->word, 1, memory_order_release);
        if (!spin)
            syscall(SYS_futex, &shared->word, FUTEX_WAKE, INT32_MAX, NULL, NULL, 0);
    }
    puts("done");
}

static void await_words(struct shared *shared, int spin, long count) {
    int64_t *times = malloc((size_t)count * sizeof *times);
    uint32_t seen = atomic_load(&shared->word), last = seen + (uint32_t)count;
    long got = 0;
    puts("ready");
    fflush(stdout);
    while (seen != last) {
        uint32_t word;
        while ((word = atomic_load_explicit(&shared->word, memory_order_acquire)) == seen) {
            if (spin)
                pause_core();
            else
                syscall(SYS_futex, &shared->word, FUTEX_WAIT, seen, NULL, NULL, 0);
        }
        int64_t end = now();
        times[got++] = end - atomic_load_explicit(&shared->stamp, memory_order_relaxed);
        seen = word;
    }
    for (long i = 0; i < got; i++)
        printf("%lld ", (long long)times[i]);
    puts("");
    free(times);
}

int main(int argc, char **argv) {
    if (argc != 5)
        return 2;
    int spin = strcmp(argv[1], "spin") == 0, waiter = strcmp(argv[2], "waiter") == 0, core = atoi(argv[4]);
    int file = open(argv[3], O_RDWR);
    struct shared *shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
    if (shared == MAP_FAILED)
        return 3;
    if (core >= 0) {
        cpu_set_t set;
        CPU_ZERO(&set);
        CPU_SET(core, &set);
        sched_setaffinity(0, sizeof set, &set);
    }
    puts("ready");
    fflush(stdout);
    long count;
    long long gap;
    while (scanf("%ld %lld", &count, &gap) == 2) {
        alarm(LONGEST_ROUND);
        if (waiter)
            await_words(shared, spin, count);
        else
            write_words(shared, spin, count, gap);
        fflush(stdout);
        alarm(0);
    }
    return 0;
}
