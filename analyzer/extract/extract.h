/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * extract.h - one translation unit -> function IR.  The only code that includes clang-c/.
 */
#ifndef SD_EXTRACT_H
#define SD_EXTRACT_H

#include <stdbool.h>
#include "base.h"
#include "ir.h"

/* Functions of precompiled headers, extracted once; for one thread at a time. */
struct sd_extract_cache;
struct sd_extract_cache *sd_extract_cache_new(void);
void sd_extract_cache_free(struct sd_extract_cache *c);

struct sd_extract_in {
	const char *file;               /* main file as the command names it, absolute or relative to directory */
	const char *directory;          /* where the command runs */
	const char *const *args;        /* compiler arguments without argv[0], -c, -o and the main file */
	size_t nargs;
	const char *srcroot;            /* absolute; names below it are printed relative to it */
	const char *objroot;            /* absolute or NULL; generated files print as "obj:include/generated/x.h" */
	struct sd_extract_cache *cache; /* NULL: none */
	bool all_errors;                /* go on after an error with a precompiled header, too */
};

struct sd_extract_fn { const char *name, *file; int line; uint8_t *ir; size_t irlen; };         /* in order of definition; header functions only when reached */

struct sd_extract_out {
	const char *reason;             /* NULL: parsed.  Else one line why not: first fatal or error diagnostic with file:line */
	const char *first_error;        /* an error diagnostic libclang recovered from, or NULL (still analysed) */
	unsigned nerrors;
	struct sd_extract_fn *fns; size_t nfns;
	const char **deps; size_t ndeps;        /* absolute paths of every file read, main file first, then sorted */
};

/* Everything in *out is @arena's (ir blobs too).  0, or -1 when reason is set. */
int sd_extract_tu(const struct sd_extract_in *in, struct sd_arena *arena, struct sd_extract_out *out);

/* "clang 19.1.7 ...": part of the cache key. */
const char *sd_extract_version(struct sd_arena *arena);

#endif
