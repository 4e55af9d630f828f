/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * unnamed.c - records that have neither tag nor typedef: `static const struct { int id; void (*handler)(void); } table[] = ...`.
 *
 * The IR has no name for them, so all of a kernel's would be one record, and a call through one driver's table would reach the
 * functions of every other's.  Such a record can be named in one file only, or is the type of a variable that others see; it gets
 * the name of that file, or of the variable.
 *
 * Requires: functions loaded.  Sets: the record of their SD_V_FIELD values that have none.
 */
#include <string.h>
#include "model.h"

/* Of a static variable the file that it is in (linked names: "name@file"), of another the name; else the function's own file. */
static sd_sym place_of(struct prog *p, const struct sd_fn *ir, sd_vid v)
{
	const struct sd_val *x = &ir->vals[v];
	const char *name, *file;

	while (x->kind == SD_V_FIELD || x->kind == SD_V_INDEX)
		x = &ir->vals[x->a];
	if (x->kind != SD_V_GLOBAL)
		return ir->file;
	name = str(p, x->sym);
	file = strchr(name, '@');
	return file ? sd_intern(p->syms, file + 1) : x->sym;
}

static sd_sym unnamed_record(struct prog *p, sd_sym place)
{
	char *name = g_strconcat("(unnamed){", str(p, place), "}", NULL);
	sd_sym s = sd_intern(p->syms, name);

	g_free(name);
	return s;
}

void name_unnamed_records(struct prog *p)
{
	for (uint32_t i = 0; i < p->fns->len; i++) {
		struct sd_fn *ir = func_at(p, i)->ir;

		for (uint32_t v = 0; v < ir->nall; v++)
			if (ir->vals[v].kind == SD_V_FIELD && !ir->vals[v].rec)
				ir->vals[v].rec = unnamed_record(p, place_of(p, ir, v));
	}
}
