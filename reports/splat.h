/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * splat.h - lockdep's reports, read out of any log.
 *
 * Rule:     the print_*_bug() functions of kernel/locking/lockdep.c, v5.9 to v6.12.
 * Input:    any bytes: dmesg, serial consoles, syslog, mail quotes, fuzzer logs, binary rubbish.
 * Promise:  what is not understood is skipped, never guessed at; a report that the log cuts
 *           short is kept with what it has and says so.  Nothing has a fixed size limit.
 *
 * A lock appears once in locks[] however often the report names it.  Stacks are innermost
 * frame first, as lockdep prints them.  Everything is the arena's.
 */
#ifndef SD_SPLAT_H
#define SD_SPLAT_H

#include <stdbool.h>
#include "base.h"

enum sd_splat_kind {
	SD_S_IRQ_INVERSION,     /* possible irq lock inversion dependency detected */
	SD_S_IRQ_ORDER,         /* X-safe -> X-unsafe lock order detected */
	SD_S_INCONSISTENT,      /* inconsistent lock state */
	SD_S_CIRCULAR,          /* possible circular locking dependency detected */
	SD_S_RECURSIVE,         /* possible recursive locking detected */
	SD_S_WAIT_CONTEXT,      /* Invalid wait context */
	SD_S_BAD_UNLOCK,        /* bad unlock balance detected! */
	SD_S_HELD_USER,         /* lock held when returning to user space! */
	SD_S_HELD_EXIT,         /* COMM/PID still has locks held! */
	SD_S_BAD_CONTENTION,    /* bad contention detected! */
	SD_S_NESTED,            /* Nested lock was not taken */
	SD_S_FREED,             /* held lock freed! */
	SD_S_RCU,               /* suspicious RCU usage */
	SD_S_COUNT
};
extern const char *const sd_splat_kind_name[SD_S_COUNT];        /* "irq-inversion" "irq-order" ... */

struct sd_frame {
	const char *function;   /* without ".constprop.0", ".cold" and their like */
	const char *printed;    /* as printed */
	const char *file;       /* "" when the log has none */
	int line;
	const char *module;     /* "" when none */
	bool inlined;           /* "[inline]" */
	bool unreliable;        /* "? func": kept, no evidence */
	bool interrupted;       /* beyond </IRQ>: what the interrupt hit, not what it did */
};

struct sd_stack {
	const char *role;       /* "IN-HARDIRQ-W", "INITIAL USE", "acquired at", "at", "backtrace" ... */
	struct sd_frame *frames; size_t nframes;
};

struct sd_splat_lock {
	const char *printed;    /* "&type->i_mutex_dir_key#3/1" */
	const char *name;       /* "&type->i_mutex_dir_key" */
	int version, subclass;  /* 3 and 1; 0 when not printed */
	char usage[9];          /* "-.+."; "" when the report does not give it */
	int wait_outer, wait_inner;     /* {2:2}; -1 when the report does not give them */
	bool read;              /* the scenario shows it as rlock() */
	const char *key;        /* "__key.34689"; "" when not given */
	struct sd_stack *stacks; size_t nstacks;        /* one per role */
};

/* Indexes into locks[]; stack: where `to` was acquired with `from` held (may have no frames). */
struct sd_splat_dep { size_t from, to; struct sd_stack stack; };

struct sd_splat_held { size_t lock; struct sd_stack at; };

#define SD_NO_LOCK ((size_t)-1)

struct sd_splat {
	enum sd_splat_kind kind;
	const char *irq;        /* of the headline: "hardirq", "softirq" or "" */
	const char *headline;   /* as printed, without decoration and "WARNING: " */
	const char *task;       /* "comm/pid" or "" */
	unsigned line;          /* of the headline in the log, from 1 */
	bool complete;          /* its last part was seen */
	bool backwards;         /* irq inversion: "was taken by another, X-safe lock" */
	const char *prev_bit, *new_bit;         /* inconsistent {prev} -> {new} usage; "" otherwise */
	int context_wait;       /* Invalid wait context: context-{n:n}; -1 */
	struct sd_splat_lock *locks; size_t nlocks;
	size_t trigger, holding;        /* the lock being taken; the one already held; SD_NO_LOCK */
	struct sd_stack trigger_at, holding_at;
	/* Order of acquisition.  irq kinds: the irq-safe lock first.  Circular: the last is held
	 * where the first is taken again.  Others: the one lock. */
	size_t *chain; size_t nchain;
	bool chain_partial;     /* from "Chain exists of" only: neighbours may not be direct dependencies */
	struct sd_splat_dep *deps; size_t ndeps;        /* along the chain; circular: last -> first too */
	struct sd_splat_held *held; size_t nheld;
	struct sd_stack backtrace;
	/* the same report printed again in this log (same kind and chain) */
	unsigned *repeats; size_t nrepeats;     /* their lines */
};

struct sd_splats { struct sd_splat **v; size_t n; };

/* Every distinct report of @text in the order of the log.  Never fails. */
struct sd_splats sd_splat_parse(struct sd_arena *a, const char *text, size_t len);

#endif
