/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * result.h - what the analysis found, as plain data: made by analyzer/graph, kept by db/,
 * read by reports/.  Reports see nothing else, so a stored result and a fresh one print alike.
 *
 * All strings belong to res->arena.  Ids are dense indexes into the arrays (class 0 is a class).
 * Every array is sorted as its comment says: output never depends on memory or thread order.
 * Function names here are plain (no "@file"); files are relative to the source tree; lines from 1.
 */
#ifndef SD_RESULT_H
#define SD_RESULT_H

#include <stdbool.h>
#include "base.h"

/* One frame of a witness. */
struct sd_step {
	const char *function, *file;
	int line;               /* innermost step: the lock call; the others: the call to the step before */
	const char *via;        /* how this frame calls the one inside it: "" a plain call, else e.g. "snd_timer_instance::ccallback, 2 targets" */
};

/*
 * A call path, innermost (the acquisition) FIRST, outermost (the entry) last, like a stack trace.
 * `entry` says how the outermost function is entered: "hardirq: hrtimer callback, registered at
 * sound/core/hrtimer.c:61"; "" when no entry is known.
 */
struct sd_witness {
	const char *role;       /* "IN-HARDIRQ-W", "HARDIRQ-ON-R", "dependency", "held here" ... */
	const char *entry;
	struct sd_step *steps; size_t nsteps;
	unsigned indirect;      /* calls through pointers among them */
	unsigned targets;       /* the most targets any of these pointers has */
	unsigned ways;          /* in how many ways these pointers may point: the product of their targets.  For the rank; not stored */
	bool proved;            /* false: rests on an unknown context or irq state */
	bool inferred;          /* the context follows from what the code does (it sleeps), no rule says it; not stored */
	bool doubt;             /* a call on it is made only when a dropped reference was the last; not stored */
	bool member;            /* what it proves happens only if a member of an object says so; not stored, and asked only where all else is sure */
};

/* The eight usage bits, lockdep's order of printing: hardirq, hardirq-read, softirq, softirq-read. */
enum sd_usage {
	SD_U_IN_HARDIRQ_W, SD_U_IN_HARDIRQ_R, SD_U_IN_SOFTIRQ_W, SD_U_IN_SOFTIRQ_R,
	SD_U_HARDIRQ_ON_W, SD_U_HARDIRQ_ON_R, SD_U_SOFTIRQ_ON_W, SD_U_SOFTIRQ_ON_R,
	SD_U_COUNT
};
extern const char *const sd_usage_name[SD_U_COUNT];     /* "IN-HARDIRQ-W", ..., "HARDIRQ-ON-W", ... as lockdep prints them */

/* Another name that lockdep may print for a lock of the class: its path gets more than one key. */
struct sd_class_name { const char *lockdep_name, *file; int line; };

struct sd_class {
	const char *name;               /* longest known container path: "file.f_owner.lock", "fs/x.c:list_lock" for a static variable */
	const char *lockdep_name;       /* "&f->f_owner.lock"; "" when no init site is known */
	struct sd_class_name *other; size_t nother;     /* sorted by lockdep_name */
	const char *lock_type;          /* "spinlock", "rwlock", ... */
	const char *file; int line;     /* init site or definition; "" and 0 when unknown */
	bool by_type_only;              /* the container is not known: may stand for several classes */
	bool is_map;                    /* a timer's, work item's ... lockdep map, no lock */
	uint8_t usage;                  /* bit (1 << enum sd_usage) */
	struct sd_witness *wit[SD_U_COUNT];     /* shortest; NULL where the bit is not set */
	char bits[8];                   /* "-.+." with the NUL; see sd_usage_bits() */
};

/* An acquisition site; one row per (class, function, line, mode, context, irq states). Sorted by class, file, line, ... */
struct sd_acquire {
	uint32_t class;
	const char *function, *file; int line;
	char mode;                      /* 'W' 'r' 'R' */
	const char *context;            /* "task" "softirq" "hardirq" "unknown" */
	const char *hardirqs, *softirqs;/* "on" "off" "unknown" */
	bool trylock;
};

#define SD_DEP_SR 1     /* kinds as in lockdep.c, DEP_*_BIT: first letter is how FROM is held (S reader, E exclusive), */
#define SD_DEP_ER 2     /* second how TO is taken (R recursive reader, N anything else) */
#define SD_DEP_SN 4
#define SD_DEP_EN 8

/* from -> to: `to` was acquired while `from` was held.  Sorted by (from, to). */
struct sd_dep {
	uint32_t from, to;
	uint8_t kinds;                  /* SD_DEP_* */
	struct sd_witness *wit[4];      /* by kind bit (log2): path from the function that holds `from` down to the acquisition of `to`; then on outward to the entry */
	struct sd_step held[4];         /* where `from` was taken, by kind bit: function, file, line */
};

struct sd_call { const char *caller, *callee, *file; int line; const char *kind; };   /* kind "direct" "slot" "param" */
struct sd_entry { const char *function, *file; int line; const char *context; const char *registered_by; const char *role; };

enum sd_finding_kind {
	SD_K_IRQ_INVERSION,     /* a safe -> ... -> unsafe path; irq says hard or soft */
	SD_K_INCONSISTENT,      /* one class IN-X and X-ON */
	SD_K_CIRCULAR,
	SD_K_RECURSIVE,
	SD_K_WAIT_CONTEXT, SD_K_SLEEPING, SD_K_BAD_UNLOCK, SD_K_HELD_AT_EXIT, SD_K_HELD_FREED,
	SD_K_COUNT
};
enum sd_rank { SD_RANK_HIGH, SD_RANK_MEDIUM, SD_RANK_LOW };
extern const char *const sd_finding_kind_name[SD_K_COUNT];      /* "irq-inversion" "inconsistent-state" "circular" "recursive" "wait-context" "sleeping" "bad-unlock" "held-at-exit" "held-freed" */
extern const char *const sd_rank_name[3];

struct sd_finding {
	uint32_t id;                    /* from 1, in the order of the array */
	enum sd_finding_kind kind;
	const char *irq;                /* "hardirq", "softirq" or "" */
	bool uncertain;                 /* rests on paths that we may tell apart worse than the code does: never high */
	enum sd_rank rank;
	const char *rank_reason;        /* one line: what the rank rests on */
	const char *title;              /* one line: "HARDIRQ-safe -> HARDIRQ-unsafe lock order detected: &timer->lock -> &f->f_owner.lock" */
	uint32_t *chain; size_t nchain; /* classes along the dependency path, first is the irq-safe one; a cycle does not repeat its first class */
	uint32_t *deps;                 /* nchain - 1 (circular: nchain) indexes into res->deps; NULL when nchain is 1 */
	uint8_t *kind_bit;              /* for each of deps: which kind (0..3) the path uses */
	/* irq kinds: usage of chain[0] (IN-*) and chain[nchain-1] (*-ON-*) that clash */
	enum sd_usage safe_bit, unsafe_bit;
	struct sd_witness **wit; size_t nwit;   /* every claim, in the order the report prints them; role tells which */
	const char *fingerprint;        /* 16 hex digits: kind + class names + function names, no line numbers */
};

/* What was not analysed: printed in every report. */
struct sd_gap {
	const char *what;       /* "failed-tu" "unresolved-call" "unknown-lock" "truncated" "unused-rule" "undefined-function" "unreadable-function" "low-rank" "no-witness" */
	const char *function, *file; int line;
	const char *text;
};

struct sd_coverage {
	unsigned tus, tus_failed, functions, instances;
	unsigned acquires, acquires_unknown;            /* lock calls, and those whose class is not known */
	unsigned indirect, indirect_resolved;           /* calls through pointers */
	unsigned indirect_locked, indirect_locked_resolved;     /* of these, under a lock */
	unsigned truncated;                             /* functions where a cap was hit (states, instances) */
};

struct sd_results {
	struct sd_arena *arena;
	const char *source;             /* as given to scan: informative only, never printed where output must be stable */
	const char *read_lock;          /* "context" or "recursive" */
	struct sd_class *classes; size_t nclass;        /* sorted by name */
	struct sd_acquire *acquires; size_t nacquire;
	struct sd_dep *deps; size_t ndep;
	struct sd_call *calls; size_t ncall;            /* sorted by caller, line, callee */
	struct sd_entry *entries; size_t nentry;        /* sorted by function */
	struct sd_finding *findings; size_t nfinding;   /* rank, kind, title */
	struct sd_gap *gaps; size_t ngap;               /* what, file, line */
	struct sd_coverage cov;
};

/* "-.+." (lockdep: get_usage_chars): for hardirq then softirq, each writer then reader:
 * '.' neither, '-' only IN, '+' only ON, '?' both.  @out has room for 5. */
void sd_usage_bits(uint8_t usage, char out[5]);

#endif
