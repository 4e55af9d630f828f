/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dump_ir.c - --dump=ir: the stored functions as text, sorted by name. */
#include <string.h>
#include "cmd.h"
#include "db.h"
#include "ir.h"

struct dump { const char *function; bool any; };

/* "foo" also names the static "foo@file.c" */
static bool is_wanted(const char *name, const char *function)
{
	size_t n;

	if (!function || strcmp(name, function) == 0)
		return true;
	n = strlen(function);
	return strncmp(name, function, n) == 0 && name[n] == '@';
}

static int dump_fn(void *arg, const struct sd_db_fn *f, const char *tu)
{
	struct dump *d = arg;
	struct sd_arena *a;
	struct sd_strtab *syms;
	const char *why = NULL;
	struct sd_fn *fn;

	(void)tu;
	if (!is_wanted(f->name, d->function))
		return 0;
	d->any = true;
	a = sd_arena_new();
	syms = sd_strtab_new();
	fn = sd_fn_decode(f->ir, f->irlen, a, syms, &why);
	if (fn)
		sd_fn_print(fn, stdout);
	else
		sd_warn("%s: damaged function: %s", f->name, why ? why : "");
	sd_strtab_free(syms);
	sd_arena_free(a);
	return 0;
}

int sd_dump_ir(const char *path, const char *function)
{
	struct dump d = { function, false };
	struct sd_db *db;
	char *err = NULL;

	if (sd_db_open(&db, path, SD_DB_READ, &err))
		return sd_cmd_fail(err);
	sd_db_each_fn(db, dump_fn, &d, &err);
	sd_db_close(db);
	if (!err && function && !d.any)
		err = g_strdup_printf("%s: no function %s", path, function);
	return err ? sd_cmd_fail(err) : 0;
}
