/*
 * Reading without a lock beside C#, our Python and plain Python writers.
 *
 * The rule numbers are those of the protocol page: W1..W4 "Writing", R1..R5 "Reading", L "When it is not accepted"
 * (the locked read, healing, torn writes and their repair). README.md says each property (P1..P8) in words.
 *
 * Why this small model is enough:
 * - Writers exclude one another by LOCK_EX and keep nothing between two writes, so one process plays all of them in turn
 *   and picks for every operation who writes, and how. A writer that dies gives its lock back, and the next operation is
 *   another writer's. ("What throws half-way" and leaves `writing` set is the same as a death.)
 * - Writers only store between lock and unlock, lock-free readers only load. x86-64 keeps the order of stores and the
 *   order of loads, so every execution there is one of this interleaving model. `wait.pml` is where that is not so.
 * - A value is two words, each written with the number of its write. A copy takes them in any order, on both sides.
 */

#ifndef OPS
#define OPS 4           /* operations of writers, whole or cut short by death */
#endif
#ifndef DEATHS
#define DEATHS 2        /* how many of them may die */
#endif
#ifndef READERS
#define READERS 1       /* readers, each reading for ever */
#endif
#ifndef READ_ONLY
#define READ_ONLY false /* true: their mapping is read-only, so they never heal */
#endif
#ifndef HEALERS
#define HEALERS 0       /* further readers that go for the lock every time: all that one reader can do to another */
#endif
#ifndef FIRST_STAMP
#define FIRST_STAMP 1   /* 200: the clock was stepped back before we began, so every `now` is far behind the stamps */
#endif

/* ---- what is shared ---- */
byte mtime, commit, writing;
byte data[2];

/* flock: many readers or one writer, freed by the kernel when a process dies. */
bool exclusive;
byte shared_locks;

/* ---- what only the proof knows ---- */
byte good[2];           /* what the last finished write left: the only value that may be accepted (P2) */
bool poisoned;          /* ... which a plain Python writer left half-way when it died: excluded from P1 and P3 */
bool died_inside;       /* a C# write died between W2 and W4, and nothing repaired it yet */
byte told[READERS];     /* the `writing` for which this reader has reported torn from under the lock */
bool owed[READERS];     /* ... and a whole Python assign came since: the reader owes its user the value (P7) */
byte deaths;

/* One store of a writer, or its death before that store. */
#define STEP(store, where) \
    if \
    :: d_step { store } \
    :: atomic { deaths < DEATHS -> deaths++; goto where } \
    fi

#define MAX(a, b) (a > b -> a : b)

proctype Writer() {
    byte n, t, now, i;
    byte k = 1;                         /* the number of the current write is its value; the first one is 1 */
    do
    :: n == OPS -> break
    :: n < OPS ->
        atomic {
        !exclusive && shared_locks == 0 -> exclusive = true;                        /* LOCK_EX */
        d_step {
            n++; k = n + 1;
            now = 16 * n;               /* W1. Every stamp is unique: see SAME_STAMP and the README's assumptions. */
            t = MAX(now, mtime + 1); t = MAX(t, commit + 1); t = MAX(t, writing + 1)
        }
        if
#ifndef NO_CSHARP_ASSIGN
        :: i = 0; goto csharp_assign
        :: i = 1; goto csharp_assign
#endif
#ifndef NO_UPDATE
#ifdef MISTAKE_UPDATE_ON_TORN
        :: i = 0; goto csharp_update
        :: i = 1; goto csharp_update
#else
        :: writing == 0 -> i = 0; goto csharp_update       /* "refuses while writing != 0" */
        :: writing == 0 -> i = 1; goto csharp_update
#endif
#endif
#ifndef NO_CSHARP_TRIGGER
        :: goto csharp_trigger
#endif
#ifndef NO_PYTHON_ASSIGN
        :: i = 0; goto python_assign
        :: i = 1; goto python_assign
#endif
#ifndef NO_PYTHON_TRIGGER
        :: goto python_trigger
#endif
#ifdef MISTAKE_BLIND_UPDATE
        :: i = 0; goto blind_update
        :: i = 1; goto blind_update
#endif
        fi
        }

csharp_assign:                          /* also our Python package's assign */
#if defined(MISTAKE_MTIME_AFTER_DATA)
        STEP(writing = t;, died_clean);
        STEP(data[i] = k;, died_inside_it);
        STEP(data[1 - i] = k;, died_inside_it);
        STEP(mtime = t;, died_inside_it);
#elif defined(MISTAKE_COMMIT_BEFORE_DATA)
        STEP(mtime = t;, died_clean);
        STEP(writing = t;, died_clean);
        STEP(commit = t;, died_inside_it);
        STEP(data[i] = k;, died_inside_it);
        STEP(data[1 - i] = k;, died_inside_it);
#elif defined(MISTAKE_WRITING_BEFORE_MTIME)
        STEP(writing = t;, died_clean);
        STEP(mtime = t;, died_clean);
        STEP(data[i] = k;, died_inside_it);
        STEP(data[1 - i] = k;, died_inside_it);
#else
        STEP(mtime = t;, died_clean);                   /* W2, first half: a death here leaves the old value */
        STEP(writing = t;, died_clean);                 /* W2, second half */
        STEP(data[i] = k;, died_inside_it);             /* W3, between its two fences */
        STEP(data[1 - i] = k;, died_inside_it);
#endif
#if defined(MISTAKE_BEGIN)
        /* The draft had no `writing = 0`: committing is what ends a write. */
        STEP(commit = t; good[0] = k; good[1] = k; poisoned = false; died_inside = false;, died_inside_it);
#elif defined(MISTAKE_COMMIT_BEFORE_WRITING)
        STEP(commit = t; good[0] = k; good[1] = k; poisoned = false; died_inside = false;, died_inside_it);
        STEP(writing = 0;, died_clean);
#else
        /* W4, first half. From here on the write is finished, even if its writer dies before the second half. */
        STEP(writing = 0; good[0] = k; good[1] = k; poisoned = false; died_inside = false;, died_inside_it);
        STEP(commit = t;, died_clean);                  /* W4, second half */
#endif
        goto unlock;

csharp_update:                          /* in place: changes one word of what is there */
        STEP(mtime = t;, died_clean);
        STEP(writing = t;, died_clean);
        STEP(data[i] = k;, died_inside_it);
#ifdef MISTAKE_BEGIN
        STEP(commit = t; good[i] = k; died_inside = false;, died_inside_it);
#else
        STEP(writing = 0; good[i] = k; died_inside = false;, died_inside_it);
        STEP(commit = t;, died_clean);
#endif
        goto unlock;

csharp_trigger:
        STEP(mtime = t;, died_clean);
#if defined(MISTAKE_TRIGGER_COMMITS)
        STEP(commit = t;, died_clean);
#elif defined(MISTAKE_BEGIN)
        if :: writing != 0 && writing != commit :: else -> STEP(commit = t;, died_clean) fi;
#else
        if :: writing != 0                  /* a death before left the data torn: do not say they are whole */
           :: else -> STEP(commit = t;, died_clean)
        fi;
#endif
        goto unlock;

python_assign:                          /* a plain Python writer, or a C# one without a trailer */
#ifdef MISTAKE_SAME_STAMP
        t = (mtime != 0 -> mtime : now);                /* its clock stands still, or was stepped to this very ns */
#else
        t = now;
#endif
#ifdef MISTAKE_NO_STORE_ORDER             /* the order of stores that arm64 allows: the first data word overtakes mtime */
        STEP(data[i] = k;, died_inside_python);
        STEP(mtime = 0;, died_inside_python);
        STEP(mtime = t;, died_inside_python);
#else
        STEP(mtime = 0;, died_clean);                   /* struct.pack_into zeroes its target first */
        STEP(mtime = t;, died_clean);
        if
        :: STEP(data[i] = 0;, died_clean);              /* pack_into again, here for the data; numpy does not */
           STEP(data[1 - i] = 0;, died_inside_python)
        :: skip
        fi;
        STEP(data[i] = k;, died_inside_python);
#endif
        STEP(data[1 - i] = k; good[0] = k; good[1] = k; poisoned = false;
             owed[0] = (told[0] != 0 && told[0] == writing);
             owed[READERS - 1] = (told[READERS - 1] != 0 && told[READERS - 1] == writing);, died_inside_python);
        goto unlock;

python_trigger:
        STEP(mtime = 0;, died_clean);
        STEP(mtime = now;, died_clean);
        goto unlock;

#ifdef MISTAKE_BLIND_UPDATE
blind_update:                           /* a C# handle without a trailer updates in place, as a plain writer would */
        STEP(mtime = now;, died_clean);
        STEP(data[i] = k; good[i] = k;, died_clean);
        goto unlock;
#endif

        /* The end of every operation: what a death left, and the kernel (or the writer) unlocks. */
        atomic {
        goto unlock;
died_inside_python:
        /* What no one can see. The poisoned value is excluded: it becomes the value that may be read. */
        good[0] = data[0]; good[1] = data[1]; poisoned = true;
        owed[0] = false; owed[READERS - 1] = false;
        goto unlock;
died_inside_it:
        died_inside = true;
        goto unlock;
died_clean:
unlock:
        t = 0; now = 0; i = 0; k = 1;
#ifndef WITHOUT_I1                      /* controls look for what a user would see, not for the invariant */
        assert(writing == 0 || mtime != commit || mtime == 0);                      /* I1 */
#endif
        exclusive = false
        }
    od
}

/* Every accepted value comes through here, in the same instant as the load that decided: of mtime, or, locked, any. */
inline accept(stamp) {
    assert(stamp != 0);                                                             /* P4 */
    assert(v[0] == v[1] || (v[0] == good[0] && v[1] == good[1]));                   /* P1: never two writes mixed */
#ifndef ONLY_P1
    assert(MAX(v[0], v[1]) >= last || poisoned);                                    /* P3: never back */
    assert(v[0] == good[0] && v[1] == good[1]);                                     /* P2: the last finished write */
#endif
    if :: healer :: else -> last = MAX(v[0], v[1]) fi
}

#ifdef MISTAKE_BEGIN
/* The first draft: `writing` keeps the stamp of the last C# write that began, and torn is "the last write is C#'s, and
   not committed". A later stamp in mtime covers it. */
#define TORN (w == mtime && w != commit)
#else
#define TORN (w != 0)
#endif
/* The bytes changed and `writing` did not: a Python assign repaired the value. With mtime 0 it is not yet (or no more)
   a value that may be given out. */
#ifdef MISTAKE_REMEMBER_BY_MTIME        /* the memory belongs to `writing`, not to (mtime, writing) */
#define REPAIRED (torn_w == w && torn_m == m && (torn_v[0] != v[0] || torn_v[1] != v[1]) && m != 0)
#else
#define REPAIRED (torn_w == w && (torn_v[0] != v[0] || torn_v[1] != v[1]) && m != 0)
#endif

#define FORGET_TOLD if :: healer :: else -> told[me] = 0; owed[me] = false fi

proctype Reader(byte me; bool read_only; bool healer) {
    byte c, m, w, v[2];
    byte last;                                          /* proof only: the newest value this reader has seen */
    #ifdef CHECK_P8
    byte healed;                                        /* proof only: the stamp this reader has healed with */
#endif
    byte torn_m, torn_w, torn_v[2];                     /* the memory of a torn value: stamps, and its bytes' hash */

end_read:
    do
    :: healer -> goto locked
    :: !healer ->
        c = commit;                                     /* R1 */
        v[0] = data[0];                                 /* R2. One order is enough: the writers use both. */
#ifdef MISTAKE_MTIME_EARLY
        m = mtime;
#endif
        v[1] = data[1];
        atomic {                                        /* R3, R4 and R5 */
#if defined(MISTAKE_COMMIT_TWICE)
            m = commit;
#elif !defined(MISTAKE_MTIME_EARLY)
            m = mtime;
#endif
            if
#ifdef MISTAKE_STAMP_ZERO
            :: m == c && c == 0 ->
                assert(v[0] == v[1] || (v[0] == good[0] && v[1] == good[1]));       /* P1, before P4 */
                goto done
#endif
            :: m == c && c != 0 ->
                accept(c);
#ifdef REACH_LOCK_FREE_AFTER_HEAL
                assert(healed != c);
#endif
#ifdef REACH_LOCK_FREE_AFTER_TWO_DEATHS
                assert(deaths < 2);
#endif
                goto done
            :: else
            fi;
#ifdef CHECK_P8
            assert(healed == 0 || m != healed);         /* P8: after healing, reading is lock-free again */
#endif
            if
#ifdef MISTAKE_REMEMBER_ZERO
            :: torn_w != 0 && m == torn_m ->
#else
            :: torn_w != 0 && m == torn_m && m != 0 ->  /* 0 is no stamp: it may stand there twice */
#endif
                assert(!owed[me])                       /* P7, for the answer from memory */
            :: else -> goto locked
            fi
        }
        atomic {                                        /* L: the torn value we know? Then say so without a lock. */
            w = writing;
            if
            :: w == torn_w ->
#ifdef REACH_TORN_FROM_MEMORY
                assert(false);
#endif
                assert(died_inside);                    /* P6 */
                goto done
            :: else -> goto locked
            fi
        }

locked: atomic {                                        /* L: no writer is active; other readers may be here */
#ifdef MISTAKE_HEAL_WITHOUT_LOCK
            shared_locks++;
#else
            !exclusive -> shared_locks++;
#endif
            c = 0; w = writing; v[0] = data[0]; v[1] = data[1]; m = mtime;
#ifdef MISTAKE_HEAL_WITHOUT_LOCK
            if :: w == 0 && m != 0 -> goto heal :: else -> goto unlock fi;
#endif
            if
#ifdef MISTAKE_HEAL_TORN
            :: false -> skip
#else
            :: TORN && REPAIRED ->
#ifdef REACH_REPAIR
                assert(false);
#endif
                accept(m);
                FORGET_TOLD;
                if
                :: read_only -> goto unlock             /* keeps its memory: it has to compare again next time */
                :: else -> goto repair
                fi
#ifdef ACCEPT_AS_IT_IS
            :: TORN && !read_only && torn_w == w && torn_v[0] == v[0] && torn_v[1] == v[1] ->
                good[0] = v[0]; good[1] = v[1];         /* the user says so, having been told */
                poisoned = true;
                if :: healer :: else -> last = MAX(v[0], v[1]) fi;
                FORGET_TOLD;
                goto repair
#endif
            :: TORN && !REPAIRED ->
#if defined(REACH_TORN)
                assert(false);
#elif defined(REACH_TORN_UNDER_TRIGGER)
                assert(m <= w);
#elif defined(REACH_TORN_AFTER_TWO_DEATHS)
                assert(deaths < 2);
#elif defined(REACH_LATE_LOOK)
                assert(v[0] != good[0] || v[1] != good[1] || v[0] != v[1] || v[0] * 16 <= w);
#endif
                assert(died_inside);                    /* P6 */
                assert(healer || m == 0 || !(owed[me] && told[me] == w));                    /* P7 */
                if :: !healer && told[me] != w -> told[me] = w; owed[me] = false :: else fi;
                if
                :: torn_w != w -> torn_w = w; torn_v[0] = v[0]; torn_v[1] = v[1]
                :: else                 /* the first look is kept: only from it can a repair be told */
                fi;
                torn_m = m;
                goto unlock
#endif
            :: else ->
                FORGET_TOLD;
                torn_m = 0; torn_w = 0; torn_v[0] = 0; torn_v[1] = 0;
                if
                :: m == 0 -> goto unlock                /* never assigned, or a Python writer died while zeroing it */
                :: else ->
#ifdef REACH_OLD_VALUE_AFTER_DEATH
                    assert(deaths == 0 || v[0] != 1);
#endif
#ifdef REACH_HEAL_TOGETHER
                    assert(shared_locks < 2 || commit == m);
#endif
                    accept(m);
                    if
                    :: read_only || commit == m -> goto unlock
                    :: else -> goto heal
                    fi
                fi
            fi
        }

repair: atomic {
            writing = 0; died_inside = false;           /* before the heal: a death between the two loses nothing */
            torn_m = 0; torn_w = 0; torn_v[0] = 0; torn_v[1] = 0
        }
heal:   atomic {
            if
            :: m != 0 ->
                commit = m;
#ifdef CHECK_P8
                healed = m
#else
                skip
#endif
            :: true                                     /* or it is killed before the store */
            fi;
unlock:     shared_locks--;
done:       c = 0; m = 0; w = 0; v[0] = 0; v[1] = 0
        }
    od
}

init {
    byte r;
    atomic {
        if
        :: mtime = FIRST_STAMP; commit = FIRST_STAMP; data[0] = 1; data[1] = 1      /* made by C#, or healed */
#ifndef ONE_START
        :: mtime = FIRST_STAMP; commit = 0; data[0] = 1; data[1] = 1                /* Python's, just adopted */
        :: mtime = 0; commit = 0                                                    /* never assigned */
#endif
        fi;
        good[0] = data[0]; good[1] = data[1];
        run Writer();
        do
        :: r < READERS + HEALERS -> run Reader(r, READ_ONLY && r < READERS, r >= READERS); r++
        :: else -> break
        od
    }
}
