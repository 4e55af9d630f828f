/* SPDX-License-Identifier: GPL-2.0-or-later */
/* compdb.c - libclang's reader of compile_commands.json: it knows both "command" and "arguments". */
#include <clang-c/CXCompilationDatabase.h>
#include "compdb.h"

static char *copy(struct sd_arena *a, CXString s)
{
	const char *text = clang_getCString(s);
	char *p = sd_arena_strdup(a, text ? text : "");

	clang_disposeString(s);
	return p;
}

static void read_entry(struct sd_arena *a, CXCompileCommand c, struct sd_compdb_entry *e)
{
	unsigned n = clang_CompileCommand_getNumArgs(c);
	const char **args = sd_arena_alloc(a, (n + 1) * sizeof(*args));

	for (unsigned i = 0; i < n; i++)
		args[i] = copy(a, clang_CompileCommand_getArg(c, i));
	e->file = copy(a, clang_CompileCommand_getFilename(c));
	e->directory = copy(a, clang_CompileCommand_getDirectory(c));
	e->args = args;
	e->nargs = n;
}

int sd_compdb_read(const char *dir, struct sd_arena *arena, struct sd_compdb_entry **out, size_t *n)
{
	CXCompilationDatabase_Error error;
	CXCompilationDatabase db = clang_CompilationDatabase_fromDirectory(dir, &error);
	CXCompileCommands all;

	if (error != CXCompilationDatabase_NoError)
		return -1;
	all = clang_CompilationDatabase_getAllCompileCommands(db);
	*n = clang_CompileCommands_getSize(all);
	*out = sd_arena_alloc(arena, (*n + 1) * sizeof(**out));
	for (size_t i = 0; i < *n; i++)
		read_entry(arena, clang_CompileCommands_getCommand(all, (unsigned)i), &(*out)[i]);
	clang_CompileCommands_dispose(all);
	clang_CompilationDatabase_dispose(db);
	return 0;
}
