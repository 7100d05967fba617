/*
 * An object whose values change their length, in a file that grows (SharedDynamicObject).
 *
 * What read_write.pml has proven of two words that are always there is not proven again: the stamps are the same. Here is
 * what growth adds: the length of a value is data that is written and read like any other, but is used before it is known
 * to be right; and there are as many sizes as there are mappings, of which any may be behind the file's.
 *
 * Sizes are in cells. Each cell that a write stores has its number, so that a mix shows. The properties are G1 to G6 of
 * README.md. Only our peers are here: a plain Python process has no business with such an object.
 */

#ifndef OPS
#define OPS 3           /* operations of writers, whole or cut short by death */
#endif
#ifndef DEATHS
#define DEATHS 1        /* how many of them may die */
#endif
#ifndef READERS
#define READERS 1
#endif
#ifndef WRITERS
#define WRITERS 1       /* each with a mapping of its own; they take turns, as LOCK_EX makes them */
#endif
#define MOST 3          /* cells of the longest value */
#ifdef DOWN             /* a copy may go in any order */
#define CELL (n - i - 1)
#else
#define CELL i
#endif

/* ---- what is shared ---- */
byte mtime, commit, writing, length;
byte cells[MOST];
byte file;              /* its size; what lies beyond, no process can touch and live */

bool exclusive;         /* flock, as in read_write.pml */
byte shared_locks;

/* ---- what only the proof knows ---- */
byte good_k, good_l;    /* the last finished write, and its length: the only value that may be accepted */
bool died_inside;       /* a write died between `writing = t` and `writing = 0` */
bool wild;              /* `length` is in the middle of being stored, and may be anything */
bool finished;          /* no writer comes any more */
byte deaths;

#define STEP(store, where) \
    if \
    :: d_step { store } \
    :: atomic { deaths < DEATHS -> deaths++; goto where } \
    fi

#define MAX(a, b) (a > b -> a : b)

/* posix_fallocate: all or nothing, and the size changes when the pages are there. More than is needed, or just that. */
#define GROW \
    if \
    :: n > file -> \
        if \
        :: STEP(file = n;, died_clean) \
        :: STEP(file = MOST;, died_clean) \
        fi \
    :: else \
    fi

#define FITS (length <= file)

proctype Writer() {
    byte ops, n, t, i, at, w;
    byte k = 1;
    byte mine[WRITERS];                 /* the writers' mappings */
    mine[0] = file; mine[WRITERS - 1] = file;
    do
    :: ops == OPS -> finished = true; break
    :: ops < OPS ->
        atomic {
        !exclusive && shared_locks == 0 -> exclusive = true;                        /* LOCK_EX */
        d_step {
            ops++; k = ops + 1;
            t = MAX(mtime, commit); t = MAX(t, writing) + 1
        }
        if
        :: goto trigger
        :: n = 1
        :: n = 2
        :: n = 3
        fi;
        if :: w = 0 :: w = WRITERS - 1 fi
        }

        /* Before anything is written: a death in here has changed no value. */
#if defined(MISTAKE_GROW_BY_MAPPING)    /* ftruncate to what is needed, because the own mapping is too short: it may shrink */
        if :: n > mine[w] -> file = n :: else fi;
#elif defined(MISTAKE_SHRINK)           /* no more than is needed */
        file = n;
#elif !defined(MISTAKE_EXTEND_LATE)
        GROW;
#endif
        mine[w] = MAX(mine[w], file);                   /* mmap, where the file has grown by whomever */

#ifdef MISTAKE_LENGTH_FIRST
        STEP(length = n;, died_clean);
#endif
        STEP(mtime = t;, died_clean);
        STEP(writing = t;, died_clean);
#ifdef MISTAKE_EXTEND_LATE
        STEP(length = n; assert(FITS);, died_inside_it);                            /* G6 */
        GROW;
        mine[w] = file;
#endif
        i = 0;
        do
        :: i < n ->
            d_step {
                at = CELL;
                assert(at < mine[w]);                                               /* G1 */
                assert(at < file)                                                   /* G2 */
            }
            STEP(cells[at] = k; i++;, died_inside_it)
        :: else -> break
        od;
#if !defined(MISTAKE_LENGTH_FIRST) && !defined(MISTAKE_EXTEND_LATE)
#ifdef WILD_LENGTHS
        /* What a reader may find in the middle of a write is not to be relied on: a store that is none, another peer. */
        if
        :: STEP(length = 0; wild = true;, died_inside_it)
        :: STEP(length = MOST; wild = true;, died_inside_it)
        :: STEP(length = MOST + 1; wild = true;, died_inside_it)
        fi;
#endif
        STEP(length = n; wild = false; assert(FITS);, died_inside_it);              /* G6 */
#endif
        STEP(writing = 0; good_k = k; good_l = n; died_inside = false;, died_inside_it);
        STEP(commit = t;, died_clean);
        goto unlock;

trigger:
        STEP(mtime = t;, died_clean);
        if :: writing != 0
           :: else -> STEP(commit = t;, died_clean)
        fi;
        goto unlock;

        atomic {
        goto unlock;
died_inside_it:
        died_inside = true;
        goto unlock;
died_clean:
unlock:
        t = 0; i = 0; n = 0; at = 0; w = 0; k = 1;
        exclusive = false
        }
    od
}

/* Every accepted value comes through here, in the instant that decided. */
inline accept() {
    assert(!mixed && first == good_k && l == good_l);                               /* G3 */
    assert(first >= before);                                                        /* G4 */
    before = first
}

proctype Reader() {
    byte c, l, at, size;
    byte first;                                         /* the number in the first cell of the copy */
    bool mixed;                                         /* ... and whether another cell has another */
    byte mapped = file;                                 /* the size of this reader's mapping */
    byte before;                                        /* proof only: the newest number it has accepted */
    bool refused;                                       /* proof only: nobody is writing any more, and still no value */
#if defined(REACH_REMAP) || defined(REACH_OLD_IN_A_LONGER_FILE) || defined(REACH_TORN_IN_A_LONGER_FILE)
    byte once = file;                                   /* how large it was at first */
#endif

end_read:
    do
    :: skip;
#ifdef MISTAKE_LENGTH_BEFORE_COMMIT
        l = length;
#endif
        atomic {
            c = commit;
            refused = (finished && writing == 0 && c == mtime)
        }
#ifndef MISTAKE_LENGTH_BEFORE_COMMIT
        l = length;                                     /* once, into a local */
#endif
#ifndef MISTAKE_LENGTH_NOT_CHECKED
        if
        :: l > mapped ->
#if defined(MISTAKE_MAP_WHAT_IS_CLAIMED)
            mapped = l;                                 /* mmap takes it, and what lies beyond the file is SIGBUS */
#elif !defined(MISTAKE_NO_REMAP)
            size = file;                                /* fstat */
            mapped = MAX(mapped, size);                 /* mmap; the file may have grown since, and is never shorter */
#endif
            if
            :: l > mapped -> goto not_accepted
            :: else
            fi
        :: else
        fi;
#endif
        at = 0; mixed = false; first = 0;
        do
        :: at < l ->
            atomic {
                assert(at < mapped);                                                /* G1 */
                assert(at < file);                                                  /* G2 */
                if
                :: at == 0 -> first = cells[at]
                :: else -> mixed = mixed || cells[at] != first
                fi;
                at++
            }
        :: else -> break
        od;
#ifdef MISTAKE_LENGTH_AFTER_MTIME           /* what was copied is cut to a length that is read when it has been accepted */
        if :: mtime == c && c != 0 :: else -> goto not_accepted fi;
        atomic { l = length; accept(); goto done }
#endif
        atomic {
            if
            :: mtime == c && c != 0 ->
#if defined(REACH_REMAP)
                assert(l <= once);
#elif defined(REACH_OLD_IN_A_LONGER_FILE)
                assert(deaths == 0 || good_k != 1 || file == once);
#elif defined(REACH_SHORTER)
                assert(first == 1 || l == file);
#endif
                accept();
                goto done
            :: else
            fi
        }
not_accepted:
        assert(!refused);                                                           /* G5 */
        atomic {                                        /* LOCK_SH: no writer is active */
            !exclusive -> shared_locks++;
            if
            :: writing != 0 ->
#ifdef REACH_TORN_IN_A_LONGER_FILE
                assert(file == once);
#endif
                assert(died_inside)                     /* torn: the next assign makes it whole */
            :: else ->
#ifndef MISTAKE_NO_REMAP
                mapped = MAX(mapped, file);
#endif
                l = length;
                refused = (l > mapped || l == 0);
                assert(!refused);                                                   /* G5 */
                first = cells[0];
                mixed = (l > 1 && cells[1] != first) || (l > 2 && cells[2] != first);
                accept();
                if
                :: commit = mtime                       /* heal */
                :: true                                 /* or it is killed before */
                fi
            fi;
            shared_locks--
        }
done:   atomic { c = 0; l = 0; at = 0; size = 0; first = 0; mixed = false; refused = false }
    od
}

init {
    byte r;
    atomic {
        if :: file = 1 :: file = 2 fi;
        mtime = 1; commit = 1; length = 1; cells[0] = 1;
        good_k = 1; good_l = 1;
        run Writer();
        do
        :: r < READERS -> run Reader(); r++
        :: else -> break
        od
    }
}
