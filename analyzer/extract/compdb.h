/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compdb.h - a Clang compilation database, read by libclang. */
#ifndef SD_COMPDB_H
#define SD_COMPDB_H

#include "base.h"

struct sd_compdb_entry {
	const char *file, *directory;   /* as the database has them */
	const char *const *args;        /* argv[0] first */
	size_t nargs;
};

/*
 * Every entry of @dir/compile_commands.json, in its order.  All memory is @arena's.
 * 0, or -1 when libclang cannot load it.
 */
int sd_compdb_read(const char *dir, struct sd_arena *arena, struct sd_compdb_entry **out, size_t *n);

#endif
