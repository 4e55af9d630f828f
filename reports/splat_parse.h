/* SPDX-License-Identifier: GPL-2.0-or-later */
/* splat_parse.h - the state of reading one report. Private to splat*.c. */
#ifndef SD_SPLAT_PARSE_H
#define SD_SPLAT_PARSE_H

#include "splat_line.h"

/* What a lock line would be, by the last phrase seen. */
enum part {
	P_NONE, P_TRIGGER, P_HOLDING, P_NEWDEP, P_SAFE, P_UNSAFE, P_OTHER, P_CHAIN, P_RELEASE
};

/* Which list of lock classes an entry belongs to. */
enum section {
	SEC_NONE,
	SEC_CIRCULAR,   /* -> #N ... -> #0 */
	SEC_INVERSION,  /* shortest dependencies between 2nd lock and 1st lock */
	SEC_FROM_SAFE,  /* dependencies between the safe lock and the holding lock */
	SEC_TO_UNSAFE,  /* dependencies between the lock to be acquired and the unsafe lock */
};

struct entry {          /* "-> (NAME){....}" of a section, in order of the report */
	size_t lock;
	int number;     /* "#N" of a circular report, else -1 */
	enum section section;
	bool acquired;  /* "... acquired at:" follows */
	struct sd_stack stack;
};

struct parser;

struct rstate {         /* of the open report */
	struct sd_splat *sp;
	char caller[16];
	enum part part;
	enum section section;
	unsigned section_seen;
	size_t other, safe, unsafe;
	size_t class;           /* whose usage stacks these are */
	const char *role;
	size_t *chain; size_t nchain;   /* "Chain exists of:" */
	struct entry *entries; size_t nentries;
	int held_number;
	bool in_backtrace, interrupted;
	unsigned skipped;
	const char *open;       /* the start of a line that other output cut, NULL */
	unsigned open_lines;    /* how long it is waited for */
	struct sd_stack scratch;        /* the stack being read */
	void (*put)(struct parser *);   /* where it goes when it ends; NULL: not in a stack */
};

struct parser {
	struct sd_arena *a;
	unsigned lineno;
	struct line line;
	struct rstate r;
	struct sd_splat **found; size_t nfound;
};

/* splat_body.c */
/* Takes p->line as part of the open report; false: it is over, the line is something else's. */
bool splat_line(struct parser *p);
const char *splat_irq_word(const char *s);      /* "hardirq", "softirq", "": which of HARDIRQ and SOFTIRQ is in @s */
size_t splat_lock_named(struct parser *p, const char *printed);
struct sd_stack *splat_usage_stack(struct parser *p, size_t lock, const char *role);
void splat_flush(struct parser *p);

/* splat_chain.c: the open report is over: its chain and dependencies. */
void splat_finish(struct parser *p);
/* The reports found, equal ones folded into the most telling. */
struct sd_splats splat_group(struct parser *p);

#endif
