/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * report.h - a report format is one struct of functions over struct sd_results.
 */
#ifndef SD_REPORT_H
#define SD_REPORT_H

#include <stdio.h>
#include "result.h"

struct sd_report_opts {
	enum sd_rank min_rank;          /* findings below it are counted, not printed */
	bool (*skip)(void *, const struct sd_finding *);        /* baseline; NULL: none */
	void *skip_arg;
	bool all_sites;                 /* text: every acquisition site of the classes involved */
};

struct sd_report {
	const char *name;               /* "text" "json" "sarif" "html" "dot" */
	int (*write)(const struct sd_results *r, const struct sd_report_opts *o, FILE *out);    /* 0, or -1 with errno */
};

const struct sd_report *sd_report_find(const char *name);       /* NULL when there is none */
extern const struct sd_report *const sd_reports[];              /* NULL-terminated, for --help */

/* --- graph: DOT and pictures (dot.c is the only includer of graphviz headers) --- */
struct sd_graph_opts {
	unsigned finding;               /* id, 0 none */
	const char *from, *to;          /* class: id, name or lockdep name */
	const char *path;               /* classes that functions of files below this path take, or are defined there */
	const char *format;             /* "dot" "svg" "png" */
};
/* 0; -1 with one line in *err (g_free it): no such finding or class, nothing to draw. */
int sd_draw(const struct sd_results *r, const struct sd_graph_opts *o, FILE *out, char **err);

/* --- locks, diff --- */
int sd_locks_write(const struct sd_results *r, const char *class_name, FILE *out, char **err);         /* class_name NULL: all, one line each */
int sd_diff_write(const struct sd_results *old, const struct sd_results *new, FILE *out);               /* returns how many findings are new */

/* --- match --- */
/* Reads every lockdep report in @text (a whole log of @len bytes).  Returns 0: all of the chain (of every distinct report) is
 * in the code; 1: not; 2: no lockdep report in it (one line in *err). */
int sd_match_write(const struct sd_results *r, const char *text, size_t len, bool json, FILE *out, char **err);

#endif
