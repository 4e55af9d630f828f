/* SPDX-License-Identifier: GPL-2.0-or-later */
/* cmd.h - what the commands share: options of the analysis, results, output, exit codes. */
#ifndef SD_CMD_H
#define SD_CMD_H

#include <stdio.h>
#include <glib.h>
#include "result.h"

enum {                          /* DESIGN: a contract */
	SD_EXIT_GOOD = 0,
	SD_EXIT_FOUND = 1,      /* findings; match: the chain is not in the code; diff: new findings */
	SD_EXIT_WRONG = 2,      /* wrong use or unreadable input */
	SD_EXIT_INCOMPLETE = 3,
	SD_EXIT_SKIP = 125,     /* what git bisect run takes for "cannot be tested" */
};

#define SD_DEFAULT_DB "statdep.db"

struct sd_cmd {
	const char *name, *args, *what; /* for --help */
	int (*run)(int argc, char **argv);      /* argv[0] is the command's name; returns the exit code */
};

int cmd_scan(int argc, char **argv);
int cmd_check(int argc, char **argv);
int cmd_match(int argc, char **argv);
int cmd_graph(int argc, char **argv);
int cmd_locks(int argc, char **argv);
int cmd_diff(int argc, char **argv);
int cmd_sql(int argc, char **argv);
int cmd_merge(int argc, char **argv);
int cmd_check_rules(int argc, char **argv);

/* Prints "statdep: " and *err on stderr, frees it; SD_EXIT_WRONG.  NULL: it was said already. */
int sd_cmd_fail(char *err);

/*
 * Parses @entries (and @more, each may be NULL); --help prints and ends the program.  What is
 * left are the command's arguments: *n must end between @min and @max.  0 or SD_EXIT_WRONG.
 */
int sd_cmd_parse(const char *name, int *argc, char ***argv, const GOptionEntry *entries, const GOptionEntry *more,
		 int min, int max);

/* ---- results.c ---- */

/* Options of every command that needs results. */
struct sd_analysis {
	char *read_lock;        /* "context" (NULL) or "recursive" */
	gboolean raw_nesting;   /* --raw-nesting */
	gboolean whole;         /* --whole */
	char **only;            /* --only: the analysis starts at these functions */
	char **rules;           /* the user's files */
	char *rules_dir;
	char *dump;             /* --dump */
	char *dump_fn;          /* --dump=ir: this function only */
	int jobs;               /* threads; 0: as many as processors */
};
/* Entries that fill @a; the array is the caller's to g_free(). */
GOptionEntry *sd_analysis_entries(struct sd_analysis *a);
void sd_analysis_clear(struct sd_analysis *a);

/*
 * The results for the facts in @path: those that are stored when facts, rules and options are
 * the same, else fresh ones, which are stored when the file can be written.
 * 0: *out is set (free its arena); else the exit code, everything said.
 */
int sd_results_get(const char *path, const struct sd_analysis *a, struct sd_results **out);
/* The same, without reading stored results back: for queries. */
int sd_results_store(const char *path, const struct sd_analysis *a);

/* Where our rules are; g_free it.  NULL with *err. */
char *sd_rules_dir(const char *option, char **err);

/* ---- dump_ir.c ---- */
int sd_dump_ir(const char *path, const char *function);

/* ---- baseline.c: fingerprints that are known already ---- */
/* NULL with *err. */
GHashTable *sd_baseline_read(const char *path, char **err);

/* ---- output.c: to a file in one piece, or to stdout ---- */
struct sd_output { FILE *f; char *path, *temp; };
int sd_output_open(struct sd_output *o, const char *path, char **err);  /* NULL or "-": stdout */
/* Renames the file into place; @drop: throws it away.  -1 with *err. */
int sd_output_close(struct sd_output *o, bool drop, char **err);

/* What a command that writes @path with @write does around it; the exit code of @write. */
int sd_output_write(const char *path, int (*write)(void *, FILE *, char **err), void *arg);

#endif
