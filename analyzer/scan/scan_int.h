/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scan_int.h - what the files of scan/ share.  Private to scan/. */
#ifndef SD_SCAN_INT_H
#define SD_SCAN_INT_H

#include <glib.h>
#include "scan.h"
#include "db.h"
#include "extract.h"

/* ---- plan.c: what is to be parsed ---- */

struct sd_command {
	const char *file;               /* main file, absolute */
	const char *rel;                /* its name in the database */
	const char *object;             /* what the compiler would write, as the command says; NULL none */
	const char *directory;          /* absolute */
	const char *const *args;        /* no argv[0], -c, -o, dependency options, main file */
	size_t nargs;                   /* the view's arguments included */
	size_t nview;                   /* how many at the end make the lockdep view */
	uint64_t hash;
};

struct sd_plan {
	struct sd_arena *arena;         /* everything below */
	char *srcroot;                  /* absolute, links resolved */
	char *objroot;                  /* likewise; NULL none */
	GPtrArray *cmds;                /* struct sd_command *, sorted by rel, one per rel */
	GHashTable *by_rel;             /* while collecting: rel -> command */
	GPtrArray *paths;               /* char *: relative, no trailing slash; empty: all */
	GPtrArray *notbuilt;            /* char *: files among paths that the configuration leaves out */
	char **make;                    /* "make ... -C SRC O=OBJ": how to call make; NULL with -p */
	const char *config;             /* what configured the object tree: informative */
};

void sd_plan_init(struct sd_plan *p);
void sd_plan_free(struct sd_plan *p);

/* The name of @path (absolute or relative to @directory) in the database; @a's memory. */
const char *sd_plan_rel(const struct sd_plan *p, struct sd_arena *a, const char *directory, const char *path);
/* The inverse, for names that sd_plan_rel() made. */
char *sd_plan_abs(const struct sd_plan *p, const char *rel);
/* Is @rel one of the paths or below one? */
bool sd_plan_wants(const struct sd_plan *p, const char *rel);
/* Adds the compilation @argv (argv[0] first) if it is one of C for this tree, is wanted and is new. */
void sd_plan_add(struct sd_plan *p, const char *directory, const char *const *argv, size_t n);
/* PATH arguments -> p->paths.  -1 with *err for one that does not exist. */
int sd_plan_paths(struct sd_plan *p, const struct sd_scan_opts *o, char **err);
/* Sorts, keeps the shard, adds the lockdep view where it is missing, computes hashes. */
void sd_plan_finish(struct sd_plan *p, const struct sd_scan_opts *o);

/* ---- the two sources of commands: 0, or -1 with *err ---- */
int sd_kbuild_plan(struct sd_plan *p, const struct sd_scan_opts *o, char **err);       /* kbuild.c */
int sd_compdb_plan(struct sd_plan *p, const struct sd_scan_opts *o, char **err);       /* compdb_plan.c */

/* ---- objtree.c: makes sure there is a configured, prepared object tree; sets objroot, make, config ---- */
int sd_objtree_prepare(struct sd_plan *p, const struct sd_scan_opts *o, char **err);

/* ---- run.c: other programs ---- */
/* Runs @argv; all its output goes to a scratch file.  0, or -1 with *err holding @what and the last lines. */
int sd_run_quiet(char *const *argv, const char *what, char **err);
/* Runs @argv; each line of its stdout (continued lines joined) goes to @line.  The exit status, or -1 with *err. */
int sd_run_lines(char *const *argv, void (*line)(void *, char *), void *arg, char **err);

/* ---- shell.c: recipes as make prints them ---- */
/* Calls @cb with the argv of each simple command in @line that looks like a compilation. */
void sd_shell_compiles(char *line, void (*cb)(void *, char **argv, size_t n), void *arg);

/* ---- filehash.c: XXH3 of file contents, each file read once per scan ---- */
struct sd_filehash;
struct sd_filehash *sd_filehash_new(void);
void sd_filehash_free(struct sd_filehash *h);
uint64_t sd_filehash_get(struct sd_filehash *h, const char *path);     /* 0: cannot be read */

/* ---- wire.c: a worker's answer ---- */
struct sd_answer {
	const char *reason;             /* NULL: parsed */
	const char *first_error;
	unsigned nerrors;
	double seconds;
	struct sd_db_fn *fns; size_t nfns;
	const char **deps; size_t ndeps;        /* absolute */
};
void sd_answer_encode(const struct sd_answer *a, GByteArray *out);
/* false: these are not such bytes.  Strings and blobs point into @data. */
bool sd_answer_decode(const uint8_t *data, size_t len, struct sd_arena *arena, struct sd_answer *a);

/* ---- work.c: one TU, in a worker ---- */
void sd_work_tu(const struct sd_plan *p, const struct sd_command *c, GByteArray *out);

/* ---- pool.c: worker processes ---- */
struct sd_pool_opts { unsigned jobs, timeout; bool verbose; };
/*
 * Parses @cmds; @done gets each answer (reason set for a TU that killed its worker) in the
 * order of completion, and may return non-zero to stop; @tick comes at least once a second.
 * 0; -1 when @done stopped it; 130 when interrupted.
 */
int sd_pool_run(const struct sd_plan *p, const GPtrArray *cmds, const struct sd_pool_opts *o,
		int (*done)(void *, const struct sd_command *, const struct sd_answer *),
		void (*tick)(void *), void *arg);
/* Ctrl-C and SIGTERM set a flag from here on. */
void sd_interrupt_catch(void);
bool sd_interrupted(void);

/* ---- progress.c: stderr only ---- */
struct sd_progress;
struct sd_progress *sd_progress_new(size_t total);
void sd_progress_update(struct sd_progress *p, size_t done, size_t failed);
void sd_progress_free(struct sd_progress *p);   /* wipes the line on a terminal */

#endif
