/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match.h - is a reported chain in the code?  Private to match*.c.
 *
 *      log --splat--> reports --resolve--> classes --check--> claims --text/json--> answer
 *
 * A claim is one thing the report says: lock L has usage bit U, or L2 was taken with L1 held.
 * Some claims are decisive: without them there is no deadlock.  All decisive claims in the
 * code: the whole chain is in the code.
 */
#ifndef SD_MATCH_H
#define SD_MATCH_H

#include <glib.h>
#include "report.h"
#include "splat.h"

/* --- match_index.c: results by function name --- */

struct mindex {
	const struct sd_results *r;
	struct sd_arena *a;
	GHashTable *acquires;   /* function -> GArray of uint32_t: r->acquires */
	GHashTable *callees;    /* caller -> GArray of uint32_t: r->calls */
	GHashTable *callers;    /* callee -> the same */
	GHashTable *entries;    /* function -> GArray of uint32_t: r->entries */
	struct sd_splat_lock *names;    /* lockdep name of each class, taken apart */
	GHashTable *file;       /* function -> file, where one is known */
};

struct mindex *mindex_new(const struct sd_results *r, struct sd_arena *a);
void mindex_free(struct mindex *ix);
/* Rows of one function, in the order of the results; never NULL. */
const GArray *mindex_rows(GHashTable *t, const char *function);
bool mindex_knows(const struct mindex *ix, const char *function);
const char *mindex_file(const struct mindex *ix, const char *function);        /* "" unknown */
size_t mindex_first_dep(const struct sd_results *r, uint32_t from);     /* r->deps is sorted by from, to */
const struct sd_dep *mindex_dep(const struct sd_results *r, uint32_t from, uint32_t to);

/*
 * Functions that a compiler may have inlined into @function: called by it, directly or
 * through each other, defined in the same file or in a header.  @function is the first.
 */
GPtrArray *mindex_inlined(const struct mindex *ix, const char *function);
/* Does @caller call @callee, directly or through functions inlined into it? */
bool mindex_calls(const struct mindex *ix, const char *caller, const char *callee);
/* The innermost frame of @st at or after @from whose function takes @class; st->nframes: none does. */
size_t mindex_acquire_frame(const struct mindex *ix, const struct sd_stack *st, uint32_t class, size_t from,
			    const char **function);

/* --- match_resolve.c: lock of the report -> class of the code --- */

struct mcand {
	uint32_t class;
	int score;
	bool by_name, by_stack, renamed;
	GPtrArray *functions;   /* that take it and are in the report's stacks */
};

struct mlock {
	const struct sd_splat_lock *lk;
	bool wanted;            /* it is part of a claim */
	struct mcand *cand; size_t ncand;       /* best first */
	size_t chosen;          /* < ncand, or ncand is 0 */
	GPtrArray *tried;       /* functions of its stacks, innermost first: for the excuse */
};

void match_resolve(const struct mindex *ix, const struct sd_splat *sp, struct mlock *locks);
/* The class, or NULL. */
const struct sd_class *match_class(const struct mindex *ix, const struct mlock *l);
/* "by name and stack: acquired in f_getown()", "not resolved: ..." */
char *match_how(const struct mindex *ix, const struct mlock *l);

/* --- match_check.c: claims --- */

struct musage {
	size_t lock;
	enum sd_usage bit;
	const struct sd_stack *st;      /* where lockdep saw it; NULL: the characters only */
	bool decisive, found;
};

struct mdep {
	size_t from, to;
	const struct sd_stack *st;
	const struct sd_dep *dep;       /* NULL when not found */
	const struct sd_finding *again; /* a class taken with itself held is a finding, not a dependency */
	uint32_t *via; size_t nvia;     /* classes between, when the report leaves some out */
	bool found;
	unsigned kind;                  /* bit 0..3 of the kind on the strong path */
};

enum mverdict { M_IN_CODE, M_NOT_ALL, M_OUT_OF_SCOPE };

struct mreport {
	const struct sd_splat *sp;
	struct mlock *locks;            /* as sp->locks */
	size_t *order; size_t norder;   /* the wanted ones: along the chain, then the others */
	struct musage *usages; size_t nusages;
	struct mdep *deps; size_t ndeps;
	const struct sd_finding *finding;       /* kinds that are judged by a finding of ours */
	bool weak;                      /* all there, but no strong path */
	bool other_irq;                 /* in the code for the other irq kind than the headline's */
	enum mverdict verdict;
	GPtrArray *missing;             /* char *, what is not there: one line each */
};

void match_check(const struct mindex *ix, const struct sd_splat *sp, struct mreport *m);
bool match_has_bit(const struct mindex *ix, const struct mlock *l, int bit);   /* the lock's class has it */
void match_report_free(struct mreport *m);
uint8_t match_reported_bits(const struct sd_splat_lock *lk);
/* The stack with that role, NULL when there is none or it has no frames. */
const struct sd_stack *match_role_stack(const struct sd_splat_lock *lk, const char *role);

/* --- match_judge.c: sets decisive, missing, verdict --- */

void match_judge(const struct mindex *ix, struct mreport *m);

/* --- match_why.c: excuses, each a line or a few --- */

/* The first call of the reported stack that this source does not have; NULL when all are there. @w, or
 * NULL: a witness, whose calls are there. */
char *match_broken_call(const struct mindex *ix, const struct sd_stack *st, const struct sd_witness *w, size_t inner,
			size_t outer);
/* The frame that takes @from, itself or through a helper that has returned; st->nframes and "": none. */
size_t match_holder_frame(const struct mindex *ix, const struct sd_stack *st, uint32_t from, size_t inner,
			  const char **function);
/* Why the dependency is not in the code; lines. */
GPtrArray *match_why_dep(const struct mindex *ix, const struct mreport *m, const struct mdep *d);
/* @sites: list every site of the class as well. */
GPtrArray *match_why_usage(const struct mindex *ix, const struct mreport *m, const struct musage *u, bool sites);
/* "f_getown fs/fcntl.c:152: r, task, hardirqs off, softirqs on" */
char *match_site(const struct sd_acquire *q);

/* --- match_text.c, match_frames.c, match_json.c --- */

void match_text(const struct mindex *ix, const struct mreport *m, FILE *out);
/* Reported frames beside the static ones, aligned by function name. */
void match_frames(const struct sd_stack *st, const struct sd_witness *w, int indent, FILE *out);
void match_json(const struct mindex *ix, const struct mreport *m, size_t n, bool all, FILE *out);

#endif
