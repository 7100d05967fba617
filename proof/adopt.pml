/*
 * Adoption: C# peers give a segment that Python made a trailer, while Python still makes it, while other C# peers adopt
 * it, use it and die. The rule labels are those of "The trailer" on the protocol page: T1 "under LOCK_EX", T2 "re-check
 * size and magic", T3 "exactly buf_size and not being made", T4 "fields, then magic"; T5 and T6 are new, see README.md.
 *
 * OBJECT says what Python makes: 3 a number (17 bytes), 0 a None (9 bytes), 7 bytes of exactly the size that a None has
 * once it is adopted.
 */

#ifndef OBJECT
#define OBJECT 3
#endif
#ifndef PEERS
#define PEERS 3
#endif
#ifndef DEATHS
#define DEATHS 2
#endif

#define BUF_SIZE(tag) (tag == 0 -> 9 : (tag == 3 -> 17 : 128))
#define TRAILER(tag)  (tag == 7 -> 128 : 64)    /* where it starts */
#define GROWN(tag)    (TRAILER(tag) + 64)       /* the size that adoption gives */

byte size, tag, mtime;                  /* the segment: fstat, and Python's bytes */
byte magic;                             /* 0, or where the trailer is whose magic is there */
byte writing, commit;
bool broken;                            /* a C# write has begun to change the data, and not ended */
bool exclusive;
byte deaths;
bool made;                              /* Python is done making it */
bool adopter_died;

#define LOCK_EX atomic { !exclusive -> exclusive = true }
#define UNLOCK  exclusive = false
#define STEP(store) \
    if \
    :: d_step { store } \
    :: atomic { deaths < DEATHS -> deaths++; exclusive = false; goto died } \
    fi

/* A plain Python process makes the object, in the seed's steps, and may write it again. It does not die here: an object
   whose maker died has its own rule ("being made", for ever). */
active proctype Maker() {
    size = BUF_SIZE(OBJECT);            /* shm_open and ftruncate, without a lock */
    LOCK_EX; tag = OBJECT; UNLOCK;
    if
    :: OBJECT != 0 -> LOCK_EX; mtime = 1; UNLOCK
    :: OBJECT == 0                      /* a None is not assigned, so its mtime stays 0 */
    fi;
    made = true;
    if
    :: LOCK_EX; mtime = 2; UNLOCK       /* a trigger, or an assign */
    :: true
    fi
}

/* A C# peer opens the object, adopts it where it may, and reads and writes it. Without a trailer it is a Python peer. */
proctype Peer() {
    byte s, g, t;
    bool has_trailer;

opening:
    atomic {                            /* fstat and the magic, without a lock: only a hint */
        s = size; g = tag;
        if
        :: s == 0 -> goto gone          /* being made: ask again later (the model has more peers for that) */
        :: magic != 0 && magic == TRAILER(g) -> has_trailer = true; goto use
        :: else
        fi
    }
    LOCK_EX;                            /* T1 */
    if
#ifdef MISTAKE_NO_RECHECK
    :: s == BUF_SIZE(g)                 /* what was seen before the lock is believed */
    :: s != BUF_SIZE(g) ->
#else
    :: true ->
#endif
        d_step { s = size; g = tag }    /* T2 */
        if
        :: magic != 0 && magic == TRAILER(g) -> has_trailer = true; UNLOCK; goto use
        :: else
        fi
    fi;
    if
#ifdef MISTAKE_ADOPT_BEING_MADE
    :: s == BUF_SIZE(g) || g == 0
#else
    :: s == BUF_SIZE(g)                 /* T3. A None is whole as soon as it has its 9 bytes. */
#endif
    :: s != BUF_SIZE(g) ->
        if
#if defined(MISTAKE_FINISH_ANY)
        :: s == GROWN(g)
#elif !defined(MISTAKE_NEVER_FINISH)
        /* T5: the size that adoption gives, and no magic: an adopter died. Nobody else may be at it, we have the lock. Not
           with tag 0: that may be a longer segment that Python is still making (OBJECT 7). */
        :: s == GROWN(g) && g != 0
#ifdef REACH_FINISH
            -> assert(false)
#endif
#endif
        :: else ->
            /* Not an object, or being made: A4 says of whom that may be thought. */
#ifdef ONE_WRITE
            assert(g == 0 && !made);
#else
            assert(g == 0 && (!made || adopter_died));
#endif
            UNLOCK;
            goto gone
        fi
    fi;

#ifdef ONE_WRITE
    STEP(assert(magic == 0); size = GROWN(g); writing = 0; commit = mtime; magic = TRAILER(g););      /* T6 */
#else
    if
    :: s != GROWN(g) ->                 /* posix_fallocate */
        if :: size = GROWN(g) :: atomic { deaths < DEATHS -> deaths++; exclusive = false; goto died } fi
    :: else
    fi;
    if                                  /* T4. A1 at each: a live trailer is never reset. */
    ::  d_step {
#ifndef WITHOUT_A1
            assert(magic == 0);
#endif
            writing = 0; commit = mtime
        }
    :: atomic { deaths < DEATHS -> deaths++; exclusive = false; adopter_died = true; goto died }
    fi;
    if
    :: magic = TRAILER(g)
    :: atomic { deaths < DEATHS -> deaths++; exclusive = false; adopter_died = true; goto died }
    fi;
#endif
    assert(TRAILER(g) >= BUF_SIZE(OBJECT) && g == OBJECT);              /* A3: never inside the object's own bytes */
    has_trailer = true;
    UNLOCK;

use:
    do
    :: atomic {                         /* read, locked: writing says torn, or else the data are whole */
            !exclusive;
            if
            :: writing != 0
#ifdef REACH_TORN
                -> assert(false)
#endif
            :: else -> assert(!broken); if :: mtime != 0 -> commit = mtime :: else fi               /* A2 */
            fi
        }
    :: atomic { mtime == commit && commit != 0 -> assert(!broken) }     /* read, lock-free: A2 */
    :: t < 1 && mtime < 100 ->          /* write, once a peer */
        t++;
        LOCK_EX;
        assert(has_trailer);
        STEP(mtime = (mtime > commit -> (mtime > writing -> mtime : writing) : (commit > writing -> commit : writing)) + 10;);
        STEP(writing = mtime;);
        STEP(broken = true;);
        STEP(broken = false;);
        STEP(writing = 0;);
        STEP(commit = mtime;);
        UNLOCK
    :: break
    od;
    goto gone;
died:
    skip;
gone:
    skip
}

init {
    byte p;
    atomic {
        do
        :: p < PEERS -> run Peer(); p++
        :: else -> break
        od
    }
}
