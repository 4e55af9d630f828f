/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * pch.h - precompiled headers: one generated header file, parsed and saved by libclang.
 *
 * What a precompiled header was made of is the caller's business (scan/pch.c): libclang itself
 * is told not to compare dates, as a checkout changes them and not the content.
 */
#ifndef SD_EXTRACT_PCH_H
#define SD_EXTRACT_PCH_H

#include "extract.h"

struct sd_pch_out {
	const char *reason;             /* NULL: written */
	const unsigned *bad; size_t nbad;       /* lines of the header file whose inclusion made an error, ascending */
	const char **deps; size_t ndeps;        /* absolute paths of every file read, @in->file first, then sorted */
	/*
	 * Functions that cleanup attributes may name, sorted.  libclang does not say which, and to look
	 * for a name in a precompiled header is to read all of it: TUs had better declare them again.
	 */
	const char **cleanups; size_t ncleanups;
};

/*
 * Parses the header @in->file and writes @path, but only when there is no error at all.  0, or -1
 * with a reason, and the lines to take out when errors came from included files.
 */
int sd_pch_build(const struct sd_extract_in *in, const char *path, struct sd_arena *arena, struct sd_pch_out *out);

#endif
