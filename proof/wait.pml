/*
 * Waiting: `waiters`, `wake` and the futex, with the store buffers of x86-64.
 *
 * Here the order of a store and a later load decides (W5: store `wake`, load `waiters`), so a writer's stores go through
 * a first-in-first-out buffer that empties at any time, and at the latest at a fence, a locked instruction or a system call.
 * A waiter's own stores are locked increments, so it needs no buffer. Data and `commit` are left out: `read_write.pml`
 * has them; "news" is `mtime != seen`, stored first (W2), and here it is simply the number of the write.
 */

#ifndef WRITES
#define WRITES 3
#endif
#ifndef WAITERS
#define WAITERS 2
#endif

byte mtime, wake, waiters;
bool exclusive;

/* The kernel's side of the futex: who sleeps there. */
bool asleep[WAITERS];

/* Store buffers, one a writer. */
mtype = { MTIME, WAKE };
chan buffer[2] = [2] of { mtype, byte };
byte writers_left = 2;
byte next = 1;              /* the number of the next write */
bool missed;                /* a write woke nobody: plain Python's, or its writer died before W5 was done */
byte crashed;               /* waiters that crashed while they were counted */
byte waiting;               /* proof only: waiters that are counted and alive */

#define FENCE(id) (len(buffer[id]) == 0)

proctype Buffer(byte id) {
    mtype what;
    byte value;
end:
    do
    :: atomic {
            buffer[id]?what, value;
            if
            :: what == MTIME -> mtime = value
            :: what == WAKE -> wake = value
            fi;
            what = 0; value = 0
        }
    od
}

proctype Writer(byte id) {
    byte w, n;
    do
    :: atomic { !exclusive -> exclusive = true };               /* a system call: the buffer is empty here */
        if
        :: next > WRITES -> break
        :: else
        fi;
        atomic { n = next; next++ };
        buffer[id]!MTIME, n;                                    /* W2 to W4; a trigger likewise */
        if
#ifdef DEATH
        :: missed = true                                        /* it dies before W5, or is a plain Python writer */
#endif
        :: w = wake;                                            /* W5: only ever under LOCK_EX, so a plain increment */
            buffer[id]!WAKE, w + 1;
            if
#ifdef DEATH
            :: missed = true                                    /* it dies in the middle of W5 */
#endif
            ::
#ifndef MISTAKE_NO_FENCE
                FENCE(id);
#endif
                if
                :: waiters != 0 ->
#ifdef MISTAKE_FLAG
                    waiters = 0;                                /* a flag that the one who wakes clears */
#endif
#ifdef MISTAKE_WAKE_ONE
                    if
                    :: atomic { asleep[0] -> asleep[0] = false }
                    :: atomic { asleep[WAITERS - 1] -> asleep[WAITERS - 1] = false }
                    :: atomic { !asleep[0] && !asleep[WAITERS - 1] }
                    fi
#else
                    d_step {                                    /* FUTEX_WAKE, all of them */
                        asleep[0] = false; asleep[WAITERS - 1] = false
                    }
#endif
                :: else
#ifdef REACH_NO_CALL
                    assert(false)                               /* a writer whom no one waits for makes no call */
#endif
                fi
            fi
        fi;
        FENCE(id);                                              /* unlocking is a system call (and so is dying) */
        d_step { exclusive = false; w = 0; n = 0 }
    od;
    exclusive = false
}

proctype Waiter(byte me; bool may_crash) {
    byte seen, w, m;
    do
    :: seen == WRITES -> break
    :: else ->
#if defined(MISTAKE_FLAG)
        waiters = 1;
#elif defined(MISTAKE_PLAIN_INCREMENT)
        w = waiters; waiters = w + 1;
#elif !defined(MISTAKE_REGISTER_LATE)
        d_step { waiters++; waiting++ }                         /* a locked increment: also a fence */
#endif
#ifndef MISTAKE_READ_WAKE_LATE
        w = wake;
#endif
        m = mtime;
#ifdef MISTAKE_READ_WAKE_LATE
        w = wake;
#endif
#ifdef MISTAKE_REGISTER_LATE
        if
        :: m == seen && wake == w -> asleep[me] = true; waiters++
        :: else -> waiters++
        fi;
        !asleep[me];
        seen = m;
#else
        if
        :: m != seen -> seen = m                                /* news: it fetches */
        :: else ->
            if
            :: atomic { wake == w -> asleep[me] = true }        /* FUTEX_WAIT: compare and sleep are one step */
#ifdef REACH_SLEEP
                assert(false);
#endif
                if
                :: !asleep[me] -> skip
#ifdef REACH_WOKEN
                    ; assert(false)
#endif
#ifdef STEP_RUNS_OUT
                :: atomic { missed && asleep[me] -> asleep[me] = false }    /* the bounded step covers such writes */
#endif
                :: atomic { may_crash && asleep[me] -> asleep[me] = false; goto crash }
                fi
            :: wake != w -> skip
#ifdef REACH_CHANGED
                ; assert(false)
#endif
            fi
        fi;
#endif
        if
        :: may_crash -> goto crash
        :: true
        fi;
#if defined(MISTAKE_PLAIN_INCREMENT)
        w = waiters; waiters = w - 1;
#elif !defined(MISTAKE_FLAG)
        d_step { assert(waiters > 0); waiters--; waiting-- };
#endif
        d_step { w = 0; m = 0 }
    od;
    goto gone;
crash:
    skip;
    d_step { crashed++; waiting-- }                             /* its count stays up: needless calls, no lost ones */
gone:
    skip
}

#if !defined(MISTAKE_FLAG) && !defined(MISTAKE_PLAIN_INCREMENT) && !defined(MISTAKE_REGISTER_LATE)
/* N2: the count is never less than the waiters that are there. */
active proctype Count() {
end_count:
    atomic { waiters != waiting + crashed -> assert(false) }
}
#endif

init {
    atomic {
        run Buffer(0); run Buffer(1);
        run Writer(0); run Writer(1);
        run Waiter(0, false);
        run Waiter(WAITERS - 1, true)
    }
}
