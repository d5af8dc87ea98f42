/* The task queue of docs/shared_memory.md, with a kill after every store of truth.
 *
 * Truth:   task words, frame words, state words with their pending part.
 * Derived: listed[], ref[], sref[], excl[]; whoever gets the lock after its owner died computes them anew.
 * One video with one track. Its frames come in order: DETECT (shared) -> TRACK (ordered on the video's state;
 * the first opens the track) -> LOOK (exclusive on the track's state) -> after the last frame SUMMARY (barrier on
 * the track, closes it) and END (barrier on the video, closes it). Main admits, and gives leases back; it is never
 * killed: if it dies, the run ends and the next one starts afresh. Left out: categories and pools, batches, failed
 * attempts, back-pressure by backlog, the births gate (the random and kill tests have them).
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
#define MAIN  NW
#define NONE  255

#define DET 0
#define TRK 1
#define LOOK 2
#define SUM 3
#define END 4

mtype = { FREE, PREP, READY, LEASED };
mtype = { EMPTY, FILLING, LIVE };

typedef Task { mtype st; byte owner; byte gen; byte stage; byte no; byte frame; byte fgen; byte parent; byte pgen };
Task tk[NT];
mtype flife[NF]; byte fgen[NF]; byte fno[NF];
/* state slots: 0 the video, 1 the track; two buffers each */
bit slive[2]; bit cur[2]; byte ver[2]; byte buffer[4];
bit armed[2]; byte pparent[2]; byte pgen[2]; bit tlive[2]; bit tcur[2]; byte tver[2];

bit listed[NT]; byte ref[NF]; byte sref[2]; bit excl[2];      /* derived */

byte lockby = NONE; bit ownerdead = 0;                          /* robust mutex */
bit dead[NW]; byte kills = 0;
byte seq[2]; bit flag[NW]; bit asleep[NW];                      /* wake words of the pools, entries' flags, sleepers in the kernel */
byte admitted = 0; bit stop = 0;
byte cdet[FRAMES]; byte ctrk[FRAMES]; byte clook[FRAMES]; byte csum = 0; byte cend = 0;  /* ghosts: commits */

#define HASFRAME(t) (tk[t].stage <= LOOK)
#define S(t)        (tk[t].stage == LOOK || tk[t].stage == SUM)
#define EX(t)       (tk[t].stage != DET)
#define MAYRUN(t)   (!EX(t) || (!excl[S(t)] && (tk[t].stage == LOOK || (tk[t].stage == TRK && ver[0] == tk[t].no) \
                     || (tk[t].stage >= SUM && sref[S(t)] == 1))))
#define COMMITTED(p, g) (!(tk[p].st == LEASED && tk[p].gen == (g)))
#define GPU(x)      (tk[x].stage == DET || tk[x].stage == LOOK)
#define CAN(x)      (x < NT && tk[x].st == READY && listed[x])
#define MINE(x)     (CAN(x) && (!WAKE || GPU(x) == (me == 0)))
#define ANY         (MINE(0) || MINE(1) || MINE(2) || MINE(3) || MINE(4) || MINE(5))
#define CRASH       if :: kills < KILLS -> kills++; goto die :: true fi

inline list_task(t) { if :: MAYRUN(t) -> listed[t] = 1; n = n | (GPU(t) -> 1 : 2); if :: EX(t) -> excl[S(t)] = 1 :: else fi :: else fi }
inline promote(s, i) {
  i = 0; do
  :: i < NT -> if :: tk[i].st == READY && !listed[i] && S(i) == s && EX(i) && MAYRUN(i) -> list_task(i); break :: else fi; i++
  :: else -> break od; i = 0
}
inline born(t) { if :: HASFRAME(t) -> ref[tk[t].frame]++ :: else fi; sref[S(t)]++ }

/* What a rebuild does after the truth is settled. */
inline derive(i) {
  d_step {
    i = 0; do :: i < NF -> if :: BUG == 2 -> skip :: else -> ref[i] = 0 fi; i++ :: else -> break od;
    excl[0] = 0; excl[1] = 0; sref[0] = slive[1]; sref[1] = 0;
    i = 0; do
    :: i < NT -> listed[i] = 0;
       if :: tk[i].st != FREE ->
            sref[S(i)]++;
            if :: HASFRAME(i) && BUG != 2 -> ref[tk[i].frame]++ :: else fi;
            if :: tk[i].st == LEASED && EX(i) && BUG != 12 -> excl[S(i)] = 1 :: else fi
          :: else fi; i++
    :: else -> break od;
    i = 0; do :: i < NT -> if :: tk[i].st == READY -> list_task(i) :: else fi; i++ :: else -> break od;
    i = 0; do
    :: i < NF -> if :: ref[i] == 0 && (flife[i] == LIVE || (BUG == 13 && flife[i] == FILLING)) -> flife[i] = EMPTY :: else fi; i++
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
    :: i < NT ->
       assert(tk[i].st != PREP);                                                       /* I4 all or nothing */
       if :: tk[i].st != FREE -> assert(slive[S(i)]);                                  /* I3 live references */
            if :: HASFRAME(i) -> assert(flife[tk[i].frame] == LIVE && fgen[tk[i].frame] == tk[i].fgen); k++ :: else fi
          :: else -> assert(!listed[i]) fi; i++
    :: else -> break od;
    i = 0; do :: i < NF -> assert((flife[i] == LIVE) == (ref[i] > 0)); assert(k >= ref[i]); k = k - ref[i]; i++ :: else -> break od;
    assert(k == 0);                                                                    /* I1 derived */
    i = 0; k = 0; do :: i < NT -> if :: EX(i) && S(i) == 0 && (tk[i].st == LEASED || CAN(i)) -> k++ :: else fi; i++ :: else -> break od;
    assert(k <= 1 && k == excl[0]);                                                    /* I2 one lessee */
    i = 0; k = 0; do :: i < NT -> if :: EX(i) && S(i) == 1 && (tk[i].st == LEASED || CAN(i)) -> k++ :: else fi; i++ :: else -> break od;
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
inline forget(x) { tk[x].stage = 0; tk[x].no = 0; tk[x].frame = 0; tk[x].fgen = 0; tk[x].parent = 0; tk[x].pgen = 0 }
inline find_free(o, i) { d_step { o = NONE; i = 0; do :: i < NT -> if :: tk[i].st == FREE && i != o1 && i != o2 && o == NONE -> o = i :: else fi; i++ :: else -> break od; i = 0 }; assert(o != NONE) /* I7 room */ }
inline fill(o, what) { d_step { tk[o].stage = what; tk[o].no = tk[t].no; tk[o].frame = tk[t].frame; tk[o].fgen = tk[t].fgen; tk[o].parent = t; tk[o].pgen = tk[t].gen } }
inline commit() {
  d_step { tk[t].st = FREE; tk[t].owner = NONE; tk[t].gen++;
    if
    :: tk[t].stage == DET -> cdet[tk[t].no]++; assert(cdet[tk[t].no] == 1)             /* I5 once */
    :: tk[t].stage == TRK -> ctrk[tk[t].no]++; assert(ctrk[tk[t].no] == 1)
    :: tk[t].stage == LOOK -> clook[tk[t].no]++; assert(clook[tk[t].no] == 1)
    :: tk[t].stage == SUM -> csum++; assert(csum == 1)
    :: tk[t].stage == END -> cend++; assert(cend == 1)
    fi }
}
inline apply(s) { d_step { slive[s] = tlive[s]; cur[s] = tcur[s]; ver[s] = tver[s] } }
inline drop_frame() {
  if :: HASFRAME(t) -> ref[tk[t].frame]--; CRASH; if :: ref[tk[t].frame] == 0 -> flife[tk[t].frame] = EMPTY :: else fi :: else fi
}
inline count_output(o) { if :: o != NONE -> tk[o].st = READY; CRASH; d_step { born(o) }; CRASH; if :: BUG == 10 -> d_step { list_task(o) } :: else fi :: else fi }

proctype Worker(byte me) {
  byte t, o1, o2, o3, i, k, s, n; bit own, birth;
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
  :: !ANY -> release(me); goto start
  fi;
  d_step { tk[t].st = LEASED; tk[t].owner = me }; CRASH;                               /* the commit of a claim */
  listed[t] = 0;
  audit(i, k); release(me); CRASH;

  /* the stage, without the lock */
  d_step {
    assert(tk[t].st == LEASED && tk[t].owner == me);
    if :: HASFRAME(t) -> assert(flife[tk[t].frame] == LIVE && fgen[tk[t].frame] == tk[t].fgen && fno[tk[t].frame] == tk[t].no) :: else fi;
    s = S(t);
    if :: EX(t) -> assert(buffer[2 * s + cur[s]] == ver[s]) :: else fi;               /* nothing half-written */
    if :: tk[t].stage == TRK -> assert(ver[0] == tk[t].no)                             /* in order */
       :: tk[t].stage == SUM -> assert(ver[1] == FRAMES)                               /* all looks are in */
       :: tk[t].stage == END -> assert(ver[0] == FRAMES && !slive[1] && csum == 1)
       :: else fi };
  if :: tk[t].stage == TRK || tk[t].stage == LOOK ->
       k = 2 * s + (1 - cur[s]); if :: BUG == 9 -> k = 2 * s + cur[s] :: else fi;
       buffer[k] = 99; CRASH; buffer[k] = ver[s] + 1; k = 0; CRASH
  :: else -> CRASH fi;

  /* complete */
  acquire(me);
  if :: ownerdead -> if :: BUG == 3 -> skip :: else -> rebuild_whole(i); CRASH fi; ownerdead = 0 :: else fi;
  assert(tk[t].st == LEASED && tk[t].owner == me);
  d_step { own = EX(t); birth = (tk[t].stage == TRK && tk[t].no == 0); o1 = NONE; o2 = NONE; o3 = NONE; n = 0 };
  if :: own -> d_step { pparent[s] = t; pgen[s] = tk[t].gen; tlive[s] = (tk[t].stage < SUM); tcur[s] = (tk[t].stage < SUM && BUG != 9 -> 1 - cur[s] : cur[s]); tver[s] = (tk[t].stage < SUM -> ver[s] + 1 : ver[s]) };
       CRASH; armed[s] = 1; CRASH;
       if :: BUG == 6 -> apply(s); CRASH :: else fi
  :: else fi;
  if :: birth -> d_step { pparent[1] = t; pgen[1] = tk[t].gen; tlive[1] = 1; tcur[1] = 0; tver[1] = 0 }; CRASH; armed[1] = 1; CRASH :: else fi;
  if :: BUG == 1 -> commit(); CRASH :: else fi;
  if
  :: tk[t].stage == DET -> find_free(o1, i); fill(o1, TRK); CRASH; tk[o1].st = PREP; CRASH
  :: tk[t].stage == TRK ->
     if :: tk[t].no == FRAMES - 1 -> find_free(o1, i); fill(o1, SUM); tk[o1].st = PREP; CRASH; find_free(o2, i); fill(o2, END); tk[o2].st = PREP; CRASH :: else fi;
     find_free(o3, i); fill(o3, LOOK); CRASH; tk[o3].st = PREP; CRASH
  :: else fi;
  if :: BUG != 1 -> commit(); CRASH :: else fi;                                        /* THE COMMIT */
  if :: BUG == 11 -> drop_frame() :: else fi;
  count_output(o1); count_output(o2); count_output(o3);
  if :: own -> apply(s); CRASH; armed[s] = 0; CRASH;
       if :: tk[t].stage == SUM -> d_step { sref[0]--; promote(0, i) }; CRASH :: else fi
  :: else fi;
  if :: birth -> apply(1); CRASH; buffer[2] = 0; armed[1] = 0; CRASH; sref[0]++ :: else fi;
  if :: BUG != 11 -> drop_frame(); CRASH :: else fi;
  d_step { sref[S(t)]--; if :: EX(t) -> excl[S(t)] = 0 :: else fi; k = S(t); promote(k, i); k = 0 }; CRASH;
  if :: BUG != 10 -> d_step { if :: o1 != NONE -> list_task(o1) :: else fi; if :: o2 != NONE -> list_task(o2) :: else fi; if :: o3 != NONE -> list_task(o3) :: else fi }; CRASH :: else fi;
  d_step { forget(t); if :: !armed[0] -> pparent[0] = 0; pgen[0] = 0; tlive[0] = 0; tcur[0] = 0; tver[0] = 0 :: else fi;
           if :: !armed[1] -> pparent[1] = 0; pgen[1] = 0; tlive[1] = 0; tcur[1] = 0; tver[1] = 0 :: else fi };
  audit(i, k); release(me); CRASH;
  wake_pool(0); wake_pool(1); CRASH;
  d_step { t = 0; o1 = 0; o2 = 0; o3 = 0; own = 0; birth = 0; n = 0; i = 0; k = 0 };
  goto start;
die:
  atomic { asleep[me] = 0; if :: lockby == me -> lockby = NONE; ownerdead = 1 :: else fi;
           t = 0; o1 = 0; o2 = 0; o3 = 0; own = 0; birth = 0; n = 0; i = 0; k = 0; s = 0; dead[me] = 1 };
  if :: dead[me] == 0 -> goto start :: stop -> goto bye fi;                            /* main started a new one */
bye: skip
}

inline main_lock() { acquire(MAIN); if :: ownerdead -> if :: BUG == 3 -> skip :: else -> rebuild_whole(i) fi; ownerdead = 0 :: else fi }
inline wake_all() { d_step { seq[0] = (WAKE -> (seq[0] + 1) % 16 : 0); seq[1] = (WAKE -> (seq[1] + 1) % 16 : 0); i = 0; do :: i < NW -> asleep[i] = 0; i++ :: else -> break od; i = 0 } }
inline give_back() {
  main_lock();
  d_step { i = 0; do
    :: i < NT -> if :: tk[i].st == LEASED && tk[i].owner == w -> tk[i].st = READY; tk[i].owner = NONE;
                        if :: EX(i) -> excl[S(i)] = 0 :: else fi; list_task(i) :: else fi; i++
    :: else -> break od; i = 0; n = 0 };
  audit(i, k); release(MAIN);
  if :: BUG == 4 -> skip :: else -> wake_all() fi
}

init {
  byte i, k, w, n, t, nf, o1 = NONE, o2 = NONE; bit lied = 0, reserved = 0;
  d_step { i = 0; do :: i < NT -> tk[i].st = FREE; tk[i].owner = NONE; i++ :: else -> break od;
           i = 0; do :: i < NF -> flife[i] = EMPTY; i++ :: else -> break od; i = 0; slive[0] = 1 };
  atomic { i = 0; do :: i < NW -> run Worker(i); i++ :: else -> break od; i = 0 };
  do
  :: atomic { dead[0] -> w = 0 }; give_back(); dead[0] = 0
  :: atomic { dead[1] -> w = 1 }; give_back(); dead[1] = 0; w = 0
  :: BUG == 5 && !lied -> lied = 1; w = 0; give_back()                                 /* its heartbeat looked old */
  :: admitted < FRAMES && !reserved && (flife[0] == EMPTY || flife[1] == EMPTY) ->
     main_lock();
     d_step { nf = NONE; i = 0; do :: i < NF -> if :: flife[i] == EMPTY -> nf = i :: else fi; i++ :: else -> break od; i = 0 };
     if :: nf != NONE -> d_step { flife[nf] = FILLING; fgen[nf]++; ref[nf] = 0; fno[nf] = admitted; reserved = 1 } :: else fi;
     audit(i, k); release(MAIN)
  :: reserved ->
     main_lock();
     assert(flife[nf] == FILLING);
     find_free(t, i);
     d_step { tk[t].stage = DET; tk[t].no = admitted; tk[t].frame = nf; tk[t].fgen = fgen[nf]; tk[t].st = READY; born(t); flife[nf] = LIVE; n = 0; list_task(t); admitted++; reserved = 0; t = 0 };
     audit(i, k); release(MAIN);
     if :: WAKE -> d_step { seq[0] = (seq[0] + 1) % 16; if :: flag[0] -> asleep[0] = 0 :: else fi } :: else fi; n = 0
  :: admitted == FRAMES && cend == 1 && lockby == NONE && !ownerdead && !dead[0] && !dead[1] -> break
  od;
  atomic {  /* nothing lost, nothing twice, nothing left */
    main_lock(); audit(i, k);
    i = 0; do :: i < FRAMES -> assert(cdet[i] == 1 && ctrk[i] == 1 && clook[i] == 1); i++ :: else -> break od;
    assert(csum == 1 && !slive[0] && !slive[1]);
    i = 0; do :: i < NT -> assert(tk[i].st == FREE); i++ :: else -> break od;           /* I6 conserved */
    i = 0; do :: i < NF -> assert(flife[i] == EMPTY); i++ :: else -> break od;
    release(MAIN); stop = 1; i = 0; do :: i < NW -> asleep[i] = 0; i++ :: else -> break od }
}
