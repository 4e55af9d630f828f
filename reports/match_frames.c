/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_frames.c - a reported stack beside a witness.
 *
 * Frames are aligned by function name (longest common subsequence), "=" where both have the
 * function.  lockdep's stack goes on through interrupt entry into what was interrupted, and
 * begins with lock API: long runs that only one side has are folded.
 */
#include <stdio.h>
#include <string.h>
#include "match.h"

enum { WIDTH = 100, LEFT = 45, MAX_ALIGN = 400 };

static void fit(GString *s, const char *function, const char *file, int line, bool fold)
{
	const char *slash = strrchr(file, '/');

	g_string_append(s, function);
	if (!*file)
		return;
	if (fold && slash && strlen(function) + strlen(file) + 8 > LEFT)
		file = slash + 1;
	g_string_append_printf(s, " %s:%d", file, line);
}

struct table {
	GPtrArray *left, *right;        /* char *, NULL where that side has nothing */
};

static void row(struct table *t, char *left, char *right)
{
	g_ptr_array_add(t->left, left);
	g_ptr_array_add(t->right, right);
}

static char *left_cell(const struct sd_frame *f, bool paired)
{
	GString *s = g_string_new("");

	fit(s, f->function, f->file, f->line, paired);
	return g_string_free(s, FALSE);
}

static char *right_cell(const struct sd_step *p)
{
	GString *s = g_string_new("");

	fit(s, p->function, p->file, p->line, false);
	return g_string_free(s, FALSE);
}

/* lcs[i][j]: length for frames i.. and steps j.. */
static unsigned *lengths(const struct sd_stack *st, size_t n, const struct sd_witness *w, size_t k)
{
	unsigned *t = g_new0(unsigned, (n + 1) * (k + 1));

	for (size_t i = n; i-- > 0;)
		for (size_t j = k; j-- > 0;) {
			unsigned down = t[(i + 1) * (k + 1) + j], right = t[i * (k + 1) + j + 1];

			if (!st->frames[i].unreliable && !strcmp(st->frames[i].function, w->steps[j].function))
				t[i * (k + 1) + j] = 1 + t[(i + 1) * (k + 1) + j + 1];
			else
				t[i * (k + 1) + j] = down > right ? down : right;
		}
	return t;
}

static void align(struct table *t, const struct sd_stack *st, size_t n, const struct sd_witness *w, size_t k)
{
	unsigned *len = lengths(st, n, w, k);
	size_t i = 0, j = 0;

	while (i < n || j < k) {
		if (i < n && st->frames[i].unreliable) {
			i++;
		} else if (i < n && j < k && !strcmp(st->frames[i].function, w->steps[j].function)) {
			row(t, left_cell(&st->frames[i++], true), right_cell(&w->steps[j]));
			j++;
		} else if (i < n && (j == k || len[(i + 1) * (k + 1) + j] >= len[i * (k + 1) + j + 1])) {
			row(t, left_cell(&st->frames[i++], false), NULL);
		} else {
			row(t, NULL, right_cell(&w->steps[j++]));
		}
	}
	g_free(len);
}

/* How many rows from @i on have only the left side. */
static guint left_run(const struct table *t, guint i)
{
	guint n = 0;

	while (i + n < t->left->len && t->left->pdata[i + n] && !t->right->pdata[i + n])
		n++;
	return n;
}

static void print_row(const char *left, const char *right, int indent, FILE *out)
{
	if (!right)
		fprintf(out, "%*s%s\n", indent, "", left);
	else
		fprintf(out, "%*s%-*s %c %s\n", indent, "", LEFT, left ? left : "", left ? '=' : ' ', right);
}

/* The innermost frames tell where the lock is taken, the others how one gets there. */
static guint shown_of(guint run, bool innermost)
{
	guint show = innermost ? 7 : 2;

	return run <= show + 2 ? run : show;
}

static void print_table(const struct table *t, int indent, FILE *out)
{
	for (guint i = 0; i < t->left->len;) {
		guint run = left_run(t, i), show = shown_of(run, i == 0);

		if (!run)
			print_row(t->left->pdata[i], t->right->pdata[i], indent, out);
		for (guint k = 0; k < show; k++)
			print_row(t->left->pdata[i + k], NULL, indent, out);
		if (show < run)
			fprintf(out, "%*s... %u more frames\n", indent, "", run - show);
		i += run ? run : 1;
	}
}

/* In its column when the line is wide enough. */
static void print_entry(const char *entry, int indent, int column, FILE *out)
{
	bool fits = (size_t)(indent + column) + strlen("entry: ") + strlen(entry) <= WIDTH;

	fprintf(out, "%*sentry: %s\n", fits ? indent + column : indent, "", entry);
}

void match_frames(const struct sd_stack *st, const struct sd_witness *w, int indent, FILE *out)
{
	struct table t = { g_ptr_array_new_with_free_func(g_free), g_ptr_array_new_with_free_func(g_free) };
	static const struct sd_witness none = { .role = "", .entry = "" };
	size_t n = st ? st->nframes : 0;

	if (!w)
		w = &none;
	if (n)
		fprintf(out, "%*s%-*s   %s\n", indent, "", LEFT, "reported", "in this source");
	align(&t, st, n > MAX_ALIGN ? MAX_ALIGN : n, w, w->nsteps > MAX_ALIGN ? MAX_ALIGN : w->nsteps);
	if (n)
		print_table(&t, indent, out);
	for (guint i = 0; !n && i < t.right->len; i++)
		fprintf(out, "%*s%s\n", indent, "", (const char *)t.right->pdata[i]);
	if (w->entry && *w->entry)
		print_entry(w->entry, indent, n ? LEFT + 3 : 0, out);
	g_ptr_array_free(t.left, TRUE);
	g_ptr_array_free(t.right, TRUE);
}
