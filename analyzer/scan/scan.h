/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * scan.h - source tree or compilation database -> rows of the database.
 *
 * Plan (which TUs, with which commands) -> which of them changed -> workers parse those ->
 * one transaction each.  See kbuild.c and compdb_plan.c for the plan, pool.c for the workers.
 */
#ifndef SD_SCAN_H
#define SD_SCAN_H

#include <stdbool.h>
#include "base.h"

struct sd_scan_opts {
	const char *kernel;             /* --kernel: source tree; NULL none */
	const char *objtree;            /* --objtree: NULL is "<db_path>.obj", or the source tree when configured in place */
	const char *compdb;             /* -p: directory or file; NULL none */
	const char *config;             /* --config: make target or file; NULL is "defconfig" */
	const char *llvm;               /* --llvm: suffix of the tools ("-19"); NULL: libclang's own version */
	const char *db_path;
	const char *const *paths;       /* relative to the tree, or to the current directory; none: all */
	size_t npaths;
	unsigned jobs;                  /* workers, from 1 */
	unsigned shard, nshards;        /* shard 1..nshards of the TUs; 0: all */
	unsigned tu_timeout;            /* seconds */
	bool no_lockdep_view;
	bool no_pch;                    /* parse every TU plainly */
	bool verbose;                   /* workers' stderr stays visible; why each TU is parsed */
};

/* 0; 2 with one line in *err (g_free it): nothing could be scanned; 130: interrupted, the database is valid. */
int sd_scan(const struct sd_scan_opts *o, char **err);

#endif
