/* The task queue of docs/shared_memory.md, with a kill after every store of truth.
 *
 * Truth:   task words (with failed attempts), frame words, state words with their pending part.
 * Derived: listed[], ref[], sref[], excl[], free_children, charge; whoever gets the lock after its owner died
 *          computes them anew. busy[]: the task that each worker's entry names, read by main after its death.
 * One video. Its frames come in order: reserve (or cancel), admit -> DETECT (shared, claimed in batches) -> TRACK
 * (ordered on the video's state; opens a track, and runs only while there is room for one: the gate) -> LOOKS of them
 * (exclusive on the track's state) -> SUMMARY (barrier on the track, closes it) -> after the last one END (barrier on
 * the video, closes it). GATE=0: the first frame opens the only track, which lives to the end; GATE=1: each frame
 * opens one, and there is one slot. Workers are killed (KILLS), fail tasks (FAILS), and meet a task that kills whoever
 * runs it (POISON). Main admits, gives leases back with the task that was at fault, and settles tasks that were set
 * aside after TRIES attempts; it is never killed: if it dies, the run ends and the next one starts afresh.
 * Left out: the choice of a category, back-pressure by backlog, sleeping readers, several videos, damage by stray
 * writes (the random, kill and damage tests have them).
 *
 * BUG=0 is the design. Each other value breaks one rule, and the checker has to find it:
 *   1  the parent's commit comes before its outputs are prepared
 *   2  a rebuild trusts the reference counts of frames
 *   3  EOWNERDEAD is ignored: consistent, but not rebuilt
 *   4  nobody is woken after a death
 *   5  a lease is taken away before its worker is dead
 *   6  the new state becomes current before the commit
 *   7  a rebuild drops pending states without a look at the parent
 *   8  a rebuild makes prepared tasks ready without a look at the parent
 *   9  the next state is written over the current one
 *  10  each output is listed before those after it are counted
 *  11  the parent lets its frame go before its outputs hold it
 *  12  a rebuild forgets that a leased task has its state for itself
 *  13  a rebuild takes a reserved frame, which no task knows yet, for one without tasks
 *  14  a frame that is not tracked yet is charged as one look
 *  15  frames are reserved without a look at the hard limit
 *  16  a rebuild forgets the charge of reserved frames
 *  17  a cancelled frame stays charged
 *  18  the gate for births is left open
 *  19  when a track closes, nobody looks who waits at the gate
 *  20  a dead worker's whole batch is charged
 *  21  nobody is charged for a dead worker
 *  22  the worker's entry forgets its task before that is completed
 *  23  a task that failed before is claimed together with others
 *  24  a claim forgets the failed attempts
 *  25  only the first lease of a dead worker is given back
 *  26  a task that is set aside lets its state go
 *  27  a task that is set aside lets its frame go
 *  28  a rebuild forgets that a task that was set aside has its state for itself
 *  29  a task of the tracker is settled without the next version of its state
 *  30  a rebuild makes tasks that were set aside ready again
 */
#ifndef BUG
#define BUG 0
#endif
#ifndef NW
#define NW 2        /* workers */
#endif
#ifndef NT
#define NT 5        /* task slots */
#endif
#ifndef NF
#define NF 2        /* frame slots */
#endif
#ifndef FRAMES
#define FRAMES 2    /* of the video */
#endif
#ifndef KILLS
#define KILLS 1
#endif
#ifndef WAKE
#define WAKE 0      /* 1: with futexes, worker 0 is of the GPU pool, worker 1 of the CPU pool;
                       0: every worker does everything and notices work by itself */
#endif
#ifndef TRIES
#define TRIES 2     /* max_task_attempts */
#endif
#ifndef FAILS
#define FAILS 0     /* tasks that workers fail */
#endif
#ifndef POISON
#define POISON 0    /* 1 + the stage whose first task kills its worker each time; 0: none */
#endif
#ifndef BATCH
#define BATCH 1     /* tasks of a claim at most: 1 or 2 */
#endif
#ifndef GATE
#define GATE 0
#endif
#ifndef LOOKS
#define LOOKS 1     /* of a frame: 1 or 2 */
#endif
#ifndef LIMIT
#define LIMIT (LOOKS * FRAMES)  /* QUEUE_HARD_LIMIT */
#endif
#ifndef CANCELS
#define CANCELS 0   /* frames that are reserved in vain */
#endif
#define CHILDREN (GATE -> 1 : 2) /* slots for tracks; the second is never used */
#define MAIN  NW
#define NONE  255

#define DET 0
#define TRK 1
#define LOOK 2
#define SUM 3
#define END 4

mtype = { FREE, PREP, READY, LEASED, DEAD };
mtype = { EMPTY, FILLING, LIVE };

typedef Task { mtype st; byte owner; byte gen; byte stage; byte no; byte frame; byte fgen; byte parent; byte pgen; byte tries; byte guilt };   /* guilt is a ghost */
Task tk[NT];
mtype flife[NF]; byte fgen[NF]; byte fno[NF];
/* state slots: 0 the video, 1 the track; two buffers each */
bit slive[2]; bit cur[2]; byte ver[2]; byte buffer[4];
bit armed[2]; byte pparent[2]; byte pgen[2]; bit tlive[2]; bit tcur[2]; byte tver[2];

bit listed[NT]; byte ref[NF]; byte sref[2]; bit excl[2]; byte free_children = CHILDREN; byte charge;   /* derived */

byte lockby = NONE; bit ownerdead = 0;                          /* robust mutex */
bit dead[NW]; byte kills = 0; byte fails = 0; byte cancels = 0; byte busy[NW];
byte seq[2]; bit flag[NW]; bit asleep[NW];                      /* wake words of the pools, entries' flags, sleepers in the kernel */
byte admitted = 0; bit stop = 0;
byte cdet[FRAMES]; byte ctrk[FRAMES]; byte clook[FRAMES]; byte csum = 0; byte cend = 0;  /* ghosts: commits */
byte opened = 0; byte track_looks = 0; byte track_lost = 0; bit aside = 0; byte poisoned = 0;   /* ghosts: tracks, looks of the open one */

#define HASFRAME(t) (tk[t].stage <= LOOK)
#define S(t)        (tk[t].stage == LOOK || tk[t].stage == SUM)
#define EX(t)       (tk[t].stage != DET)
#define MAYRUN(t)   (!EX(t) || (!excl[S(t)] && (tk[t].stage == LOOK || (tk[t].stage == TRK && ver[0] == tk[t].no && (free_children > 0 || BUG == 18)) \
                     || (tk[t].stage >= SUM && sref[S(t)] == 1))))
#define COMMITTED(p, g) (!(tk[p].st == LEASED && tk[p].gen == (g)))
#define CHARGE(t)   (!HASFRAME(t) -> 0 : (tk[t].stage < LOOK && BUG != 14 -> LOOKS : 1))
#define ISPOISON(t) (POISON && tk[t].stage == POISON - 1 && (tk[t].no == 0 || tk[t].stage >= SUM))
#define GPU(x)      (tk[x].stage == DET || tk[x].stage == LOOK)
#define CAN(x)      (x < NT && tk[x].st == READY && listed[x])
#define MINE(x)     (CAN(x) && (!WAKE || GPU(x) == (me == 0)))
#define ANY         (MINE(0) || MINE(1) || MINE(2) || MINE(3) || MINE(4) || MINE(5) || MINE(6) || MINE(7))
#define CANDIE(x)   (x < NT && tk[x].st == DEAD)
#define CRASH       if :: kills < KILLS -> kills++; goto die :: true fi

inline list_task(t) { if :: MAYRUN(t) -> listed[t] = 1; n = n | (GPU(t) -> 1 : 2); if :: EX(t) -> excl[S(t)] = 1 :: else fi :: else fi }
inline promote(s, i) {
  i = 0; do
  :: i < NT -> if :: tk[i].st == READY && !listed[i] && S(i) == s && EX(i) && MAYRUN(i) -> list_task(i); break :: else fi; i++
  :: else -> break od; i = 0
}
inline born(t) { if :: HASFRAME(t) -> ref[tk[t].frame]++ :: else fi; sref[S(t)]++; charge = charge + CHARGE(t) }

/* What a rebuild does after the truth is settled. */
inline derive(i) {
  d_step {
    i = 0; do :: i < NF -> if :: BUG == 2 -> skip :: else -> ref[i] = 0 fi; i++ :: else -> break od;
    excl[0] = 0; excl[1] = 0; sref[0] = slive[1]; sref[1] = 0; free_children = CHILDREN - slive[1]; charge = 0;
    i = 0; do
    :: i < NT -> listed[i] = 0;
       if :: BUG == 30 && tk[i].st == DEAD -> tk[i].st = READY :: else fi;
       if :: tk[i].st != FREE ->
            charge = charge + CHARGE(i);
            sref[S(i)]++;
            if :: HASFRAME(i) && BUG != 2 -> ref[tk[i].frame]++ :: else fi;
            if :: EX(i) && ((tk[i].st == LEASED && BUG != 12) || (tk[i].st == DEAD && BUG != 28)) -> excl[S(i)] = 1 :: else fi
          :: else fi; i++
    :: else -> break od;
    i = 0; do :: i < NT -> if :: tk[i].st == READY -> list_task(i) :: else fi; i++ :: else -> break od;
    i = 0; do
    :: i < NF -> if :: flife[i] == FILLING && BUG != 16 -> charge = charge + LOOKS :: else fi;
       if :: ref[i] == 0 && (flife[i] == LIVE || (BUG == 13 && flife[i] == FILLING)) -> flife[i] = EMPTY :: else fi; i++
    :: else -> break od;
    i = 0; n = 0 }
}
inline settle_state(s) {
  if :: armed[s] ->
       if :: COMMITTED(pparent[s], pgen[s]) && BUG != 7 -> d_step { slive[s] = tlive[s]; cur[s] = tcur[s]; ver[s] = tver[s] } :: else fi
  :: else fi
}
inline settle_task(i) {
  if :: tk[i].st == PREP -> if :: COMMITTED(tk[i].parent, tk[i].pgen) || BUG == 8 -> tk[i].st = READY :: else -> tk[i].st = FREE fi :: else fi
}
/* Main is not killed, so its rebuild is one step. */
inline rebuild_whole(i) {
  d_step { settle_state(0); armed[0] = 0; settle_state(1); armed[1] = 0;
    i = 0; do :: i < NT -> settle_task(i); i++ :: else -> break od; i = 0 }
  derive(i)
}

/* I1 derived to I4 all or nothing, whenever the lock is released. */
inline audit(i, k) {
  d_step {
    assert(!armed[0] && !armed[1]);                                                   /* I4 all or nothing */
    k = 0; do
    :: k < 2 ->
       i = 0; do :: i < NT -> assert(!(tk[i].st == READY && !listed[i] && MAYRUN(i))); i++ :: else -> break od;  /* I1 derived */
       k++
    :: else -> break od;
    k = 0; i = 0; do
    :: i < NT -> if :: tk[i].st != FREE -> k = k + CHARGE(i) :: else fi; i++
    :: else -> break od;
    i = 0; do :: i < NF -> if :: flife[i] == FILLING -> k = k + LOOKS :: else fi; i++ :: else -> break od;
    assert(k == charge);                                                               /* I1 derived */
    assert(charge <= LIMIT);                                                           /* I7 room */
    assert(free_children == CHILDREN - slive[1]);                                      /* I1 derived */
    k = 0; i = 0; do
    :: i < NT ->
       assert(tk[i].st != PREP);                                                       /* I4 all or nothing */
       if :: tk[i].st != FREE -> assert(slive[S(i)]);                                  /* I3 live references */
            if :: tk[i].st != LEASED -> assert(tk[i].tries == tk[i].guilt && (tk[i].st == DEAD) == (tk[i].tries >= TRIES)) :: else fi;  /* who did it is charged, once */
            if :: HASFRAME(i) -> assert(flife[tk[i].frame] == LIVE && fgen[tk[i].frame] == tk[i].fgen); k++ :: else fi
          :: else -> assert(!listed[i]) fi; i++
    :: else -> break od;
    i = 0; do :: i < NF -> assert((flife[i] == LIVE) == (ref[i] > 0)); assert(k >= ref[i]); k = k - ref[i]; i++ :: else -> break od;
    assert(k == 0);                                                                    /* I1 derived */
    i = 0; k = 0; do :: i < NT -> if :: EX(i) && S(i) == 0 && (tk[i].st == LEASED || tk[i].st == DEAD || CAN(i)) -> k++ :: else fi; i++ :: else -> break od;
    assert(k <= 1 && k == excl[0]);                                                    /* I2 one lessee */
    i = 0; k = 0; do :: i < NT -> if :: EX(i) && S(i) == 1 && (tk[i].st == LEASED || tk[i].st == DEAD || CAN(i)) -> k++ :: else fi; i++ :: else -> break od;
    assert(k <= 1 && k == excl[1]);
    i = 0; k = 0 }
}
inline acquire(who) { atomic { lockby == NONE -> lockby = who } }
inline release(who) { atomic { assert(lockby == who); lockby = NONE } }
/* n says for which pools tasks were listed, bit by bit. */
inline wake_pool(p) {
  if
  :: WAKE && (n & (1 << p)) -> seq[p] = (seq[p] + 1) % 16; CRASH; if :: flag[p] -> asleep[p] = 0 :: else fi   /* FUTEX_WAKE */
  :: else fi
}
/* Nobody reads a free slot's body: to clear it merges states. */
inline forget(x) { tk[x].stage = 0; tk[x].no = 0; tk[x].frame = 0; tk[x].fgen = 0; tk[x].parent = 0; tk[x].pgen = 0; tk[x].tries = 0; tk[x].guilt = 0 }
inline find_free(o, i) { d_step { o = NONE; i = 0; do :: i < NT -> if :: tk[i].st == FREE && o == NONE -> o = i :: else fi; i++ :: else -> break od; i = 0 }; assert(o != NONE) /* I7 room */ }
inline fill(o, what) { d_step { tk[o].stage = what; tk[o].no = tk[t].no; tk[o].frame = tk[t].frame; tk[o].fgen = tk[t].fgen; tk[o].parent = t; tk[o].pgen = tk[t].gen; tk[o].tries = 0; tk[o].guilt = 0 } }
inline commit() {
  d_step { tk[t].st = FREE; tk[t].owner = NONE; tk[t].gen++; tk[t].tries = 0;
    if
    :: tk[t].stage == DET -> cdet[tk[t].no]++; assert(cdet[tk[t].no] == 1)             /* I5 once */
    :: tk[t].stage == TRK -> ctrk[tk[t].no]++; assert(ctrk[tk[t].no] == 1)
    :: tk[t].stage == LOOK -> clook[tk[t].no]++; assert(clook[tk[t].no] <= LOOKS)
    :: tk[t].stage == SUM -> csum++; assert(csum <= opened)
    :: tk[t].stage == END -> cend++; assert(cend == 1)
    fi;
    if :: birth -> opened++; track_looks = 0; track_lost = 0 :: else fi;
    if :: tk[t].stage == TRK && o3 != NONE -> track_looks = track_looks + LOOKS :: else fi }
}
inline apply(s) { d_step { slive[s] = tlive[s]; cur[s] = tcur[s]; ver[s] = tver[s] } }
inline drop_frame() {
  if :: HASFRAME(t) -> ref[tk[t].frame]--; CRASH; if :: ref[tk[t].frame] == 0 -> flife[tk[t].frame] = EMPTY :: else fi :: else fi
}
inline count_output(o) { if :: o != NONE -> tk[o].st = READY; CRASH; d_step { born(o) }; CRASH; if :: BUG == 10 -> d_step { list_task(o) } :: else fi :: else fi }

/* fail() and give_back(): the commit, and what follows from it. */
inline end_lease(x) { d_step { tk[x].tries++; tk[x].owner = NONE; tk[x].st = (tk[x].tries >= TRIES -> DEAD : READY); if :: tk[x].st == DEAD -> aside = 1 :: else fi } }
inline after_lease(x) {
  d_step {
    if :: EX(x) && (tk[x].st == READY || BUG == 26) -> excl[S(x)] = 0 :: else fi;
    if :: tk[x].st == READY -> list_task(x) :: else fi;
    if :: tk[x].st == DEAD && BUG == 27 && HASFRAME(x) -> ref[tk[x].frame]-- :: else fi }
}
inline close_child(i) { sref[0]--; free_children++; if :: BUG == 19 -> skip :: else -> promote(0, i) fi }

proctype Worker(byte me) {
  byte t, t2 = NONE, o1, o2, o3, o4, i, k, s, n; bit own, birth, works;
start:
  if :: WAKE -> s = seq[me]; flag[me] = 1; if :: stop -> goto bye :: else fi
     :: !WAKE -> if :: stop -> goto bye :: ANY fi fi;
  if
  :: ANY -> skip
  :: !ANY -> CRASH;
     atomic { if :: seq[me] == s && !stop -> asleep[me] = 1 :: else fi };                 /* FUTEX_WAIT */
     do :: atomic { asleep[me] == 0 -> break } :: atomic { kills < KILLS && asleep[me] -> kills++; goto die } od;
     goto start
  fi;
  d_step { flag[me] = 0; s = 0 };

  /* claim */
  acquire(me);
  if
  :: ownerdead ->
     if :: BUG == 3 -> skip
     :: else ->                                                                        /* rebuild, cut short anywhere */
        settle_state(0); CRASH; armed[0] = 0; CRASH; settle_state(1); CRASH; armed[1] = 0; CRASH;
        i = 0; do :: i < NT -> if :: tk[i].st == PREP -> settle_task(i); CRASH :: else fi; i++ :: else -> break od; i = 0;
        derive(i); CRASH
     fi;
     ownerdead = 0
  :: else fi;
  if
  :: atomic { MINE(0) -> t = 0 } :: atomic { MINE(1) -> t = 1 } :: atomic { MINE(2) -> t = 2 }
  :: atomic { MINE(3) -> t = 3 } :: atomic { MINE(4) -> t = 4 } :: atomic { MINE(5) -> t = 5 }
  :: atomic { MINE(6) -> t = 6 } :: atomic { MINE(7) -> t = 7 }
  :: !ANY -> release(me); goto start
  fi;
  d_step { tk[t].st = LEASED; tk[t].owner = me; if :: BUG == 24 -> tk[t].tries = 0 :: else fi }; CRASH;   /* the commit of a claim */
  listed[t] = 0;
  if
  :: BATCH > 1 && (tk[t].tries == 0 || BUG == 23) ->
     d_step { k = NONE; i = 0; do :: i < NT -> if :: MINE(i) && tk[i].stage == tk[t].stage && (tk[i].tries == 0 || BUG == 23) -> k = i :: else fi; i++ :: else -> break od; i = 0 };
     if
     :: k != NONE -> CRASH; d_step { tk[k].st = LEASED; tk[k].owner = me; t2 = k }; CRASH; listed[t2] = 0;
        assert(tk[t].tries == 0 && tk[t2].tries == 0)                                  /* what failed before comes alone */
     :: true fi;
     k = 0
  :: else fi;
  audit(i, k); release(me); CRASH;

process: skip;
  d_step { busy[me] = t; works = 1 }; CRASH;

  /* the stage, without the lock */
  d_step {
    assert(tk[t].st == LEASED && tk[t].owner == me);
    if :: HASFRAME(t) -> assert(flife[tk[t].frame] == LIVE && fgen[tk[t].frame] == tk[t].fgen && fno[tk[t].frame] == tk[t].no) :: else fi;
    s = S(t);
    if :: EX(t) -> assert(buffer[2 * s + cur[s]] == ver[s]) :: else fi;               /* nothing half-written */
    if :: tk[t].stage == TRK -> assert(ver[0] == tk[t].no)                             /* in order */
       :: tk[t].stage == SUM -> assert(ver[1] + track_lost == track_looks)             /* all looks are in */
       :: tk[t].stage == END -> assert(ver[0] == FRAMES && !slive[1] && csum == opened)
       :: else fi };
  if :: tk[t].stage == TRK || tk[t].stage == LOOK ->
       k = 2 * s + (1 - cur[s]); if :: BUG == 9 -> k = 2 * s + cur[s] :: else fi;
       buffer[k] = 99; CRASH; buffer[k] = ver[s] + 1; k = 0; CRASH
  :: else -> CRASH fi;
  if :: ISPOISON(t) -> poisoned++; assert(poisoned <= TRIES); goto die :: else fi;     /* no task kills more workers than that */
  if :: BUG == 22 -> busy[me] = NONE :: else fi;
  if :: fails < FAILS -> fails++; goto failing :: true fi;

  /* complete */
  acquire(me);
  if :: ownerdead -> if :: BUG == 3 -> skip :: else -> rebuild_whole(i); CRASH fi; ownerdead = 0 :: else fi;
  assert(tk[t].st == LEASED && tk[t].owner == me);
  d_step { own = EX(t); birth = (tk[t].stage == TRK && (GATE || !slive[1])); o1 = NONE; o2 = NONE; o3 = NONE; o4 = NONE; n = 0 };
  if :: birth -> assert(!slive[1] && !armed[1]) :: else fi;                           /* the gate kept a slot free */
  if :: own -> d_step { pparent[s] = t; pgen[s] = tk[t].gen; tlive[s] = (tk[t].stage < SUM); tcur[s] = (tk[t].stage < SUM && BUG != 9 -> 1 - cur[s] : cur[s]); tver[s] = (tk[t].stage < SUM -> ver[s] + 1 : ver[s]) };
       CRASH; armed[s] = 1; CRASH;
       if :: BUG == 6 -> apply(s); CRASH :: else fi
  :: else fi;
  if :: birth -> d_step { pparent[1] = t; pgen[1] = tk[t].gen; tlive[1] = 1; tcur[1] = 0; tver[1] = 0 }; CRASH; armed[1] = 1; CRASH :: else fi;
  if :: BUG == 1 -> commit(); CRASH :: else fi;
  if
  :: tk[t].stage == DET -> find_free(o1, i); fill(o1, TRK); CRASH; tk[o1].st = PREP; CRASH
  :: tk[t].stage == TRK ->
     if :: GATE || tk[t].no == FRAMES - 1 -> find_free(o1, i); fill(o1, SUM); tk[o1].st = PREP; CRASH :: else fi;
     if :: tk[t].no == FRAMES - 1 -> find_free(o2, i); fill(o2, END); tk[o2].st = PREP; CRASH :: else fi;
     find_free(o3, i); fill(o3, LOOK); CRASH; tk[o3].st = PREP; CRASH;
     if :: LOOKS > 1 -> find_free(o4, i); fill(o4, LOOK); CRASH; tk[o4].st = PREP; CRASH :: else fi
  :: else fi;
  if :: BUG != 1 -> commit(); CRASH :: else fi;                                        /* THE COMMIT */
  if :: BUG == 11 -> drop_frame() :: else fi;
  count_output(o1); count_output(o2); count_output(o3); count_output(o4);
  if :: own -> apply(s); CRASH; armed[s] = 0; CRASH;
       if :: tk[t].stage == SUM -> d_step { close_child(i) }; CRASH :: else fi
  :: else fi;
  if :: birth -> apply(1); CRASH; buffer[2] = 0; armed[1] = 0; CRASH; d_step { sref[0]++; free_children-- } :: else fi;
  if :: BUG != 11 -> drop_frame(); CRASH :: else fi;
  d_step { charge = charge - CHARGE(t); sref[S(t)]--; if :: EX(t) -> excl[S(t)] = 0 :: else fi; k = S(t); promote(k, i); k = 0 }; CRASH;
  if :: BUG != 10 -> d_step { if :: o1 != NONE -> list_task(o1) :: else fi; if :: o2 != NONE -> list_task(o2) :: else fi; if :: o3 != NONE -> list_task(o3) :: else fi; if :: o4 != NONE -> list_task(o4) :: else fi }; CRASH :: else fi;
  d_step { forget(t); if :: !armed[0] -> pparent[0] = 0; pgen[0] = 0; tlive[0] = 0; tcur[0] = 0; tver[0] = 0 :: else fi;
           if :: !armed[1] -> pparent[1] = 0; pgen[1] = 0; tlive[1] = 0; tcur[1] = 0; tver[1] = 0 :: else fi };
  audit(i, k); release(me); CRASH;
  wake_pool(0); wake_pool(1); CRASH;
next: skip;
  d_step { busy[me] = NONE; works = 0; t = 0; o1 = 0; o2 = 0; o3 = 0; o4 = 0; own = 0; birth = 0; n = 0; i = 0; k = 0; s = 0 };
  if :: t2 != NONE -> CRASH; d_step { t = t2; t2 = NONE }; goto process :: else fi;
  goto start;
failing:
  acquire(me);
  if :: ownerdead -> if :: BUG == 3 -> skip :: else -> rebuild_whole(i); CRASH fi; ownerdead = 0 :: else fi;
  assert(tk[t].st == LEASED && tk[t].owner == me);
  n = 0; works = 0; atomic { tk[t].guilt++; end_lease(t) }; CRASH;                     /* the commit of a failure */
  after_lease(t); CRASH;
  audit(i, k); release(me); CRASH;
  wake_pool(0); wake_pool(1); CRASH;
  goto next;
die:
  atomic { asleep[me] = 0; if :: lockby == me -> lockby = NONE; ownerdead = 1 :: else fi;
           if :: works && tk[t].st == LEASED && tk[t].owner == me -> tk[t].guilt++ :: else fi; works = 0;
           t = 0; t2 = NONE; o1 = 0; o2 = 0; o3 = 0; o4 = 0; own = 0; birth = 0; n = 0; i = 0; k = 0; s = 0; dead[me] = 1 };
  if :: dead[me] == 0 -> goto start :: stop -> goto bye fi;                            /* main started a new one */
bye: skip
}

inline main_lock() { acquire(MAIN); if :: ownerdead -> if :: BUG == 3 -> skip :: else -> rebuild_whole(i) fi; ownerdead = 0 :: else fi }
inline wake_all() { d_step { seq[0] = (WAKE -> (seq[0] + 1) % 16 : 0); seq[1] = (WAKE -> (seq[1] + 1) % 16 : 0); i = 0; do :: i < NW -> asleep[i] = 0; i++ :: else -> break od; i = 0 } }
inline give_back() {
  main_lock();
  d_step { i = 0; do
    :: i < NT ->
       if :: tk[i].st == LEASED && tk[i].owner == w && !(BUG == 25 && n > 0) ->
            n = 1;
            if :: (busy[w] == i && BUG != 21) || BUG == 20 -> tk[i].tries++ :: else fi;
            tk[i].owner = NONE; tk[i].st = (tk[i].tries >= TRIES -> DEAD : READY);
            if :: tk[i].st == DEAD -> aside = 1 :: else fi;
            if :: EX(i) && (tk[i].st == READY || BUG == 26) -> excl[S(i)] = 0 :: else fi;
            if :: tk[i].st == READY -> list_task(i); n = 1 :: else fi;
            if :: tk[i].st == DEAD && BUG == 27 && HASFRAME(i) -> ref[tk[i].frame]-- :: else fi
          :: else fi; i++
    :: else -> break od; i = 0; n = 0 };
  audit(i, k); release(MAIN);
  if :: BUG == 4 -> skip :: else -> wake_all() fi
}
inline wake_main() {
  if :: WAKE -> d_step { if :: n & 1 -> seq[0] = (seq[0] + 1) % 16; if :: flag[0] -> asleep[0] = 0 :: else fi :: else fi;
                         if :: n & 2 -> seq[1] = (seq[1] + 1) % 16; if :: flag[1] -> asleep[1] = 0 :: else fi :: else fi } :: else fi; n = 0
}
/* A task that was set aside goes on without its work: claim_dead(), settle(), complete(). The tracker's next version
 * is the last one again, without looks and tracks; a look leaves its track as it was. Main's complete() is one step. */
inline claim_dead() {
  main_lock();
  d_step { t = NONE; i = 0; do :: i < NT -> if :: tk[i].st == DEAD && t == NONE -> t = i; tk[i].st = LEASED; tk[i].owner = MAIN :: else fi; i++ :: else -> break od; i = 0 };
  audit(i, k); release(MAIN)
}
inline settle() {
  main_lock();
  atomic {
    own = (tk[t].stage != DET && tk[t].stage != LOOK); s = S(t); n = 0;
    if :: tk[t].stage == DET -> find_free(o1, i); fill(o1, TRK)
       :: tk[t].stage == TRK && tk[t].no == FRAMES - 1 ->
          if :: slive[1] -> find_free(o1, i); fill(o1, SUM); tk[o1].st = PREP :: else fi;
          find_free(o2, i); fill(o2, END)
       :: tk[t].stage == LOOK -> track_lost++
       :: else fi;
    commit();
    if :: o1 != NONE -> tk[o1].st = READY; d_step { born(o1) } :: else fi;
    if :: o2 != NONE -> tk[o2].st = READY; d_step { born(o2) } :: else fi;
    if :: tk[t].stage == TRK && BUG != 29 -> d_step { buffer[1 - cur[0]] = ver[0] + 1; cur[0] = 1 - cur[0]; ver[0]++ }
       :: tk[t].stage >= SUM -> d_step { slive[s] = 0; cur[s] = 0; ver[s] = 0 }; if :: s == 1 -> d_step { close_child(i) } :: else fi
       :: else fi;
    d_step { if :: HASFRAME(t) -> ref[tk[t].frame]--; if :: ref[tk[t].frame] == 0 -> flife[tk[t].frame] = EMPTY :: else fi :: else fi };
    d_step { charge = charge - CHARGE(t); sref[s]--; if :: EX(t) -> excl[s] = 0 :: else fi; promote(s, i) };
    if :: o1 != NONE -> d_step { list_task(o1) } :: else fi;
    if :: o2 != NONE -> d_step { list_task(o2) } :: else fi;
    d_step { forget(t); o1 = NONE; o2 = NONE; own = 0; s = 0; t = NONE } };
  audit(i, k); release(MAIN);
  wake_main()
}

init {
  byte i, k, w, n, t = NONE, nt, nf, s, o1 = NONE, o2 = NONE, o3 = NONE; bit lied = 0, reserved = 0, own = 0, birth = 0;
  d_step { i = 0; do :: i < NT -> tk[i].st = FREE; tk[i].owner = NONE; i++ :: else -> break od;
           i = 0; do :: i < NF -> flife[i] = EMPTY; i++ :: else -> break od; i = 0; slive[0] = 1;
           i = 0; do :: i < NW -> busy[i] = NONE; i++ :: else -> break od; i = 0 };
  atomic { i = 0; do :: i < NW -> run Worker(i); i++ :: else -> break od; i = 0 };
  do
  :: atomic { dead[0] -> w = 0 }; give_back(); d_step { busy[0] = NONE; dead[0] = 0 }
  :: atomic { dead[1] -> w = 1 }; give_back(); d_step { busy[1] = NONE; dead[1] = 0; w = 0 }
  :: t == NONE && (CANDIE(0) || CANDIE(1) || CANDIE(2) || CANDIE(3) || CANDIE(4) || CANDIE(5) || CANDIE(6) || CANDIE(7)) -> claim_dead()
  :: t != NONE -> settle()
  :: BUG == 5 && !lied -> lied = 1; w = 0; give_back()                                 /* its heartbeat looked old */
  :: admitted < FRAMES && !reserved && (flife[0] == EMPTY || flife[1] == EMPTY) && (charge + LOOKS <= LIMIT || BUG == 15) ->
     main_lock();
     d_step { nf = NONE; if :: charge + LOOKS <= LIMIT || BUG == 15 -> i = 0; do :: i < NF -> if :: flife[i] == EMPTY -> nf = i :: else fi; i++ :: else -> break od; i = 0 :: else fi };
     if :: nf != NONE -> d_step { flife[nf] = FILLING; fgen[nf]++; ref[nf] = 0; fno[nf] = admitted; reserved = 1; charge = charge + LOOKS } :: else fi;
     audit(i, k); release(MAIN)
  :: reserved && cancels < CANCELS ->
     main_lock();
     d_step { cancels++; flife[nf] = EMPTY; reserved = 0; if :: BUG == 17 -> skip :: else -> charge = charge - LOOKS fi };
     audit(i, k); release(MAIN)
  :: reserved ->
     main_lock();
     assert(flife[nf] == FILLING);
     find_free(nt, i);
     d_step { tk[nt].stage = DET; tk[nt].no = admitted; tk[nt].frame = nf; tk[nt].fgen = fgen[nf]; tk[nt].tries = 0; tk[nt].guilt = 0; tk[nt].st = READY;
              charge = charge - LOOKS; born(nt); flife[nf] = LIVE; n = 0; list_task(nt); admitted++; reserved = 0; nt = 0; nf = 0 };
     audit(i, k); release(MAIN);
     wake_main()
  :: admitted == FRAMES && cend == 1 && lockby == NONE && !ownerdead && !dead[0] && !dead[1] && t == NONE -> break
  od;
  atomic {  /* nothing lost, nothing twice, nothing left */
    main_lock(); audit(i, k);
    i = 0; do :: i < FRAMES -> assert(cdet[i] == 1 && ctrk[i] == 1 && (aside || clook[i] == LOOKS)); i++ :: else -> break od;
    assert(csum == opened && (aside || opened == (GATE -> FRAMES : 1)) && !slive[0] && !slive[1]);
    assert(charge == 0 && free_children == CHILDREN && (aside || !POISON));
    i = 0; do :: i < NT -> assert(tk[i].st == FREE); i++ :: else -> break od;           /* I6 conserved */
    i = 0; do :: i < NF -> assert(flife[i] == EMPTY); i++ :: else -> break od;
    release(MAIN); stop = 1; i = 0; do :: i < NW -> asleep[i] = 0; i++ :: else -> break od }
}
