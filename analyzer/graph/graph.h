/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * graph.h - from the functions in the database to findings.  No libclang; no kernel file is read.
 */
#ifndef SD_GRAPH_H
#define SD_GRAPH_H

#include <stdbool.h>
#include "result.h"

struct sd_db;
struct sd_rules;

struct sd_graph_in {
	struct sd_db *db;               /* open for reading at least */
	const struct sd_rules *rules;
	bool read_recursive;            /* --read-lock=recursive: read_lock() is always recursive (lockdep before v5.10) */
	bool raw_nesting;               /* --raw-nesting: a spinlock_t may sleep, as on PREEMPT_RT */
	bool whole;                     /* the database has all that is built: who stores to a member is known */
	const char *const *only;        /* --only: nothing but these functions is called from outside, with no lock held; NULL all */
	unsigned jobs;                  /* threads; 0: as many as processors.  The results are the same */
	const char *dump;               /* "summaries" "graph" "instances": printed on stdout; NULL nothing */
	/*
	 * Called once, when acquisitions, calls and entries of the results are complete; nothing else of them may be read yet.  The
	 * analysis goes on when it returns, and may use all of its threads.  NULL: nobody waits for them.
	 */
	void (*facts_done)(void *arg, const struct sd_results *r);
	void *arg;
};

/* 0, or -1 with one line in *err (g_free it).  *out: sd_arena_free((*out)->arena) frees all. */
int sd_graph_analyze(const struct sd_graph_in *in, struct sd_results **out, char **err);

/* Changes when the analysis' code may give other results: part of the stamp of stored results. */
#define SD_GRAPH_VERSION 118

#endif
