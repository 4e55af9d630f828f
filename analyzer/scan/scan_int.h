/* SPDX-License-Identifier: GPL-2.0-or-later */
/* scan_int.h - what the files of scan/ share.  Private to scan/. */
#ifndef SD_SCAN_INT_H
#define SD_SCAN_INT_H

#include <glib.h>
#include "scan.h"
#include "db.h"
#include "extract.h"

/* ---- cache.c: a directory beside the database, of what costs time to make and nothing to lose ---- */
#define SD_CACHE_SUFFIX ".pch"
#define SD_CACHE_OF_PROCESS "run-"      /* names so: "run-PID-...", of no use when the process has ended */
/* Marks @path as used now; when that was last, 0: never. */
void sd_cache_used(const char *path);
int64_t sd_cache_date(const char *path);
/* Removes what was used least lately, but nothing that was since @since (microseconds of the epoch). */
void sd_cache_tidy(const char *dir, int64_t since);

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
	const struct sd_pch *group;     /* commands with equal flags: set with the precompiled headers */
	const struct sd_pch *pch;       /* precompiled header to use; NULL none */
	const struct sd_pch *local;     /* one built on that, with headers of its directory; NULL none */
	bool again;                     /* did not compile with a first one */
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
/* Adds @c, which is new. */
void sd_plan_add_command(struct sd_plan *p, struct sd_command *c);
/* As if nothing had been added. */
void sd_plan_clear(struct sd_plan *p);
/* PATH arguments -> p->paths.  -1 with *err for one that does not exist. */
int sd_plan_paths(struct sd_plan *p, const struct sd_scan_opts *o, char **err);
/* Sorts, keeps the shard, adds the lockdep view where it is missing, computes hashes. */
void sd_plan_finish(struct sd_plan *p, const struct sd_scan_opts *o);

/* ---- the two sources of commands: 0, or -1 with *err ---- */
int sd_kbuild_plan(struct sd_plan *p, const struct sd_scan_opts *o, char **err);       /* kbuild.c */
int sd_compdb_plan(struct sd_plan *p, const struct sd_scan_opts *o, char **err);       /* compdb_plan.c */

/* ---- plan_key.c, plan_cache.c: the dry run's commands, kept ---- */
/* Of all that decides what @make (argv) prints. */
uint64_t sd_plan_key(const struct sd_plan *p, char *const *make);
/* Writes the first @printed commands, and the names of the others: those were built. */
void sd_plan_store(const struct sd_plan *p, guint printed, const char *path);
/* Adds what _store() wrote; names of the others to @built.  false: nothing (usable) there. */
bool sd_plan_load(struct sd_plan *p, const char *path, GPtrArray *built);

/* ---- objtree.c: makes sure there is a configured, prepared object tree; sets objroot, make, config ---- */
int sd_objtree_prepare(struct sd_plan *p, const struct sd_scan_opts *o, char **err);
/* Keeps other scans from running make in it. */
int sd_objtree_lock(const struct sd_plan *p);
void sd_objtree_unlock(int fd);

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

/* ---- pch.c: precompiled headers for groups of commands with equal flags ---- */
struct sd_pch_set;
struct sd_pch_opts { const char *dir; unsigned jobs, timeout; bool verbose; };
/*
 * Finds or builds in @o->dir what the TUs of @todo gain from, and sets cmd->pch of those.  Groups
 * are made of all of the plan.  Nothing that goes wrong here is an error: a TU without is parsed plainly.
 */
struct sd_pch_set *sd_pch_prepare(const struct sd_plan *p, const GPtrArray *todo, struct sd_filehash *hash, const struct sd_pch_opts *o);
/*
 * The same for TUs that did not compile with theirs: those that failed for one reason get another one, which
 * has only what they include themselves.  @reasons: command -> char *.
 */
void sd_pch_again(struct sd_pch_set *s, const struct sd_plan *p, const GPtrArray *cmds, GHashTable *reasons,
		  struct sd_filehash *hash, const struct sd_pch_opts *o);
void sd_pch_set_free(struct sd_pch_set *s);
/* Builds each of @missing (struct sd_pch *, named): good, files. */
void sd_pch_build_all(const struct sd_plan *p, GPtrArray *missing, struct sd_filehash *hash, const struct sd_pch_opts *o);
/* Its files' names: STEM and what they are. */
void sd_pch_name(struct sd_pch *g, const char *stem);
/* Removes them. */
void sd_pch_unlink(const struct sd_pch *g);
void sd_pch_free(struct sd_pch *g);
/* How many are in use, and how many of them were built. */
void sd_pch_count(const struct sd_pch_set *s, unsigned *used, unsigned *built);

/* ---- pch_group.c ---- */
/* clang keeps hashes of a header's files and compares those where dates differ.  (Not to validate at
 * all also loses macros of the command line: facts would differ.) */
#define SD_PCH_BY_CONTENT "-fvalidate-ast-input-files-content"
struct sd_pch {
	uint64_t key;
	const char *directory;
	const char **args; size_t nargs;        /* what the commands have in common: no -I after the first -include */
	GPtrArray *cmds;                /* struct sd_command *: all of the plan's */
	guint todo;                     /* how many are to be parsed */
	char *path, *header, *list, *tail;      /* KEY.pch, KEY.h, KEY.files, KEY.tail.h */
	bool good, built, tried;
	bool second;                    /* for TUs that another one did not suit */
	guint least;                    /* so many of them include a header that is in it; 0: as usual */
	const struct sd_pch_files *other;       /* of the one that did not suit; NULL: none */
	GPtrArray *avoid;               /* char *: files of that which may not be in it; NULL none */
	struct sd_pch_files *files;     /* good: what it was made of */
	const struct sd_pch *joined;    /* not good: whose it uses; NULL none */
	const struct sd_pch *base;      /* built on that one, of these lines; NULL: on nothing */
	GPtrArray *lines;
	char *trailer;                  /* text after them */
};
/* struct sd_pch *, the largest first; every command of the plan is in one. */
GPtrArray *sd_pch_groups(const struct sd_plan *p, const GPtrArray *todo);
/* Lines for a header file: the headers that the group's files include most.  char *, g_free. */
GPtrArray *sd_pch_pick(const struct sd_plan *p, const struct sd_pch *g);
/* Arguments of @c with the precompiled header instead of the forced includes. */
const char **sd_pch_args(const struct sd_command *c, const struct sd_pch *g, struct sd_arena *a, size_t *n);

/* ---- pch_join.c: lets groups without one use another's where that makes no difference ---- */
void sd_pch_join(const GPtrArray *groups);
/* Does nothing but macros keep @g from using that of a larger group, which may not be there yet? */
bool sd_pch_may_join(const GPtrArray *groups, const struct sd_pch *g);

/* ---- pch_files.c: which files of a precompiled header a TU would have read ---- */
/* Where an #include line has its name, with the opening quote and *len characters from that on; NULL: none, or computed. */
const char *sd_pch_include(const char *line, size_t *len);
const char *sd_pch_include_header(const char *line, size_t *len);       /* the same, of a .h file only */
struct sd_pch_files;
struct sd_pch_files *sd_pch_files_new(const struct sd_pch *g, GPtrArray *paths);        /* takes @paths (char *, g_free) */
void sd_pch_files_free(struct sd_pch_files *f);
/* Without those of the one that it is built on. */
const GPtrArray *sd_pch_paths(const struct sd_pch_files *f);
bool sd_pch_has(const struct sd_pch_files *f, const char *path);
/* Does #include <@name> reach @path, which is one of them? */
bool sd_pch_leads_to(const struct sd_pch_files *f, const char *name, const char *path);
/*
 * In which order a reading of @path enters the files of sd_pch_paths(): @rank[i] from 1; 0: it does not.  @read: set of
 * other files that it reads; NULL none.
 */
void sd_pch_entered(const struct sd_pch_files *f, const char *path, GHashTable *read, guint *rank);
/* Adds them to what a parse with @g read (@deps, main file first); the result is sorted the same way. */
void sd_pch_add_deps(const struct sd_pch *g, struct sd_arena *a, const char ***deps, size_t *ndeps);

/* ---- pch_local.c: a directory's own headers, built on a precompiled header for as long as its TUs are parsed ---- */
struct sd_pch_batches;
/* Divides @cmds, which may have their precompiled headers. */
struct sd_pch_batches *sd_pch_batches_new(const struct sd_plan *p, const GPtrArray *cmds, struct sd_filehash *hash,
					  const struct sd_pch_opts *o);
/* The next TUs to be parsed, with what was built for them; NULL: no more.  What the last ones had is removed. */
const GPtrArray *sd_pch_batches_next(struct sd_pch_batches *b);
void sd_pch_batches_free(struct sd_pch_batches *b);

/* ---- pch_share.c: which headers the TUs of a directory share ---- */
#define SD_PCH_SHARING 3        /* fewer files are parsed sooner */
struct sd_pch_shared;           /* what was read of headers */
struct sd_pch_shared *sd_pch_shared_new(void);
void sd_pch_shared_free(struct sd_pch_shared *s);
/* Lines for a header file (char *, g_free) and *trailer (g_free), for commands with equal flags; NULL: it does not pay. */
GPtrArray *sd_pch_share(struct sd_pch_shared *s, const GPtrArray *cmds, char **trailer);

/* ---- pch_clash.c: macros of headers that a TU does not include ---- */
struct sd_pch_clash;
struct sd_pch_clash *sd_pch_clash_new(const struct sd_pch *g);
void sd_pch_clash_free(struct sd_pch_clash *x);
/*
 * @read: files that the TU read itself; @deps: those of the precompiled header included. A word of
 * one of them that @g has as a macro, but only from files that are not in @deps; NULL: none.
 */
const char *sd_pch_clashes(struct sd_pch_clash *x, const char *const *read, size_t nread, const char *const *deps, size_t ndeps);

/* ---- pch_macro.c: TUs that a precompiled header cannot suit ---- */
/* Every word that a condition in one of its files asks for; g_hash_table_destroy() it. */
GHashTable *sd_pch_conditions(const struct sd_pch *g);
/* Does @file define or undefine one of these before its last #include? */
bool sd_pch_is_told(const char *file, GHashTable *conditions);

/* ---- wire.c: a worker's answer ---- */
enum sd_pch_use {
	SD_PCH_NONE, SD_PCH_USED, SD_PCH_FELL_BACK,
	SD_PCH_LOCAL,                   /* used, with its directory's on top */
	SD_PCH_UNFIT,                   /* no answer: the reason is why it did not compile with it */
};

struct sd_answer {
	const char *reason;             /* NULL: parsed */
	const char *first_error;
	unsigned nerrors;
	enum sd_pch_use pch;
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
struct sd_pool_calls {
	/* Each answer (reason set for a TU that killed its worker) in the order of completion; non-zero stops. */
	int (*done)(void *, const struct sd_command *, const struct sd_answer *);
	/* Why the TU need not be parsed with its precompiled header; NULL: it has to be. */
	const char *(*unfit)(void *, const struct sd_command *);
	void (*tick)(void *);           /* at least once a second */
	void *arg;
};
/* Parses @cmds.  0; -1 when done() stopped it; 130 when interrupted. */
int sd_pool_run(const struct sd_plan *p, const GPtrArray *cmds, const struct sd_pool_opts *o, const struct sd_pool_calls *calls);
/* Ctrl-C and SIGTERM set a flag from here on. */
void sd_interrupt_catch(void);
bool sd_interrupted(void);

/* ---- progress.c: stderr only ---- */
struct sd_progress;
struct sd_progress *sd_progress_new(size_t total, size_t done);
void sd_progress_update(struct sd_progress *p, size_t done, size_t failed);
void sd_progress_free(struct sd_progress *p);   /* wipes the line on a terminal */

#endif
