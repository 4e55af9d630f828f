/* SPDX-License-Identifier: GPL-2.0-or-later */
/* check.c - rows against each other: what no single row can get wrong. */
#include <string.h>
#include "rules_int.h"

static bool same_opnd(const struct sd_opnd *a, const struct sd_opnd *b)
{
	return a->kind == b->kind && a->deref == b->deref && a->arg == b->arg && a->num == b->num;
}

static bool same_cond(const struct sd_cond *a, const struct sd_cond *b)
{
	return a->cmp == b->cmp && same_opnd(&a->opnd, &b->opnd) && a->num == b->num;
}

bool rule_same_path(const struct sd_rule_path *a, const struct sd_rule_path *b)
{
	if (!same_opnd(&a->root, &b->root) || a->place != b->place || a->self != b->self || a->nmember != b->nmember ||
	    g_strcmp0(a->global, b->global) || g_strcmp0(a->record, b->record))
		return false;
	for (size_t i = 0; i < a->nmember; i++)
		if (strcmp(a->member[i], b->member[i]))
			return false;
	return true;
}

static bool takes(const struct sd_rule *r)
{
	return r->word == SD_R_ACQUIRE || r->word == SD_R_TRY;
}

static bool locks(const struct sd_rule *r)
{
	return takes(r) || r->word == SD_R_RELEASE;
}

/* Do @a and @b speak of one thing at one time?  Then one of them is wrong. */
static bool contradict(const struct sd_rule *a, const struct sd_rule *b)
{
	if (!same_cond(&a->when, &b->when) || a->is_none || b->is_none)
		return false;
	if (locks(a) && locks(b))
		return rule_same_path(&a->lock, &b->lock);
	if (a->word != b->word)
		return false;
	switch (a->word) {
	case SD_R_INIT:
	case SD_R_ASSERT:
		return rule_same_path(&a->lock, &b->lock);
	case SD_R_ENTRY:        /* one callback may well be called in several contexts */
		return same_opnd(&a->call, &b->call) && a->context == b->context && a->irqs == b->irqs && a->bhs == b->bhs;
	case SD_R_SYNC:         /* one function may wait for several, or take several locks */
		return rule_same_path(&a->lock, &b->lock);
	case SD_R_UNDER:        /* and several may be held around one callback */
		return rule_same_path(&a->lock, &b->lock) && same_opnd(&a->call, &b->call) && same_opnd(&a->object, &b->object);
	case SD_R_OBJECT:
		return same_opnd(&a->object, &b->object);
	default:
		return true;
	}
}

static void check_pair(const struct sd_rule *a, const struct sd_rule *b, struct rule_errors *e)
{
	const char *first = word_info(a->word)->text, *second = word_info(b->word)->text;

	if (a->word == b->word)
		rule_error(e, b->file, b->line, "second '%s' row for '%s' contradicts %s:%d; write override to replace it%s",
			   second, b->name, a->file, a->line,
			   key_info(KEY_when)->words & (1u << b->word) ? ", or if= to tell them apart" : "");
	else
		rule_error(e, b->file, b->line,
			   "'%s' row for '%s' contradicts '%s' of the same lock at %s:%d; a function does one or the other",
			   second, b->name, first, a->file, a->line);
}

static void check_contradictions(const struct sd_rules *r, struct rule_errors *e)
{
	GHashTable *seen = g_hash_table_new_full(g_str_hash, g_str_equal, NULL, (GDestroyNotify)g_ptr_array_unref);

	for (size_t i = 0; i < r->nrows; i++) {
		struct sd_rule *row = r->rows->pdata[i];
		GPtrArray *same = g_hash_table_lookup(seen, row->name);

		if (!same) {
			same = g_ptr_array_new();
			g_hash_table_insert(seen, (void *)row->name, same);
		}
		for (guint j = 0; j < same->len; j++) {
			if (contradict(same->pdata[j], row)) {
				check_pair(same->pdata[j], row, e);
				break;
			}
		}
		g_ptr_array_add(same, row);
	}
	g_hash_table_destroy(seen);
}

static bool word_end(char c)
{
	return c == '_' || c == ':' || c == '\0';
}

/* The first word of a name, its leading underscores apart: "foo" of __foo_hw_lock. */
static bool same_prefix(const char *a, const char *b)
{
	size_t n = 0;

	a += strspn(a, "_");
	b += strspn(b, "_");
	while (a[n] && a[n] == b[n] && a[n] != '_')
		n++;
	return n && word_end(a[n]) && word_end(b[n]);
}

/* Could @rel give back what @acq took?  By the lock's type, or by its name where no type is given. */
static bool may_release(const struct sd_rule *rel, const struct sd_rule *acq)
{
	if (rel->lock_type && acq->lock_type && !strcmp(rel->lock_type, acq->lock_type))
		return true;
	if (!rel->lock_type && acq->lock_type && !strcmp(rel->file, acq->file))
		return true;    /* the lock's record says what it releases */
	if (acq->record && rel->record && !strcmp(acq->record, rel->record))
		return true;
	return !acq->record && !rel->record && same_prefix(rel->name, acq->name);
}

static bool has_release(const struct sd_rules *r, const struct sd_rule *acq)
{
	for (size_t i = 0; i < r->nrows; i++) {
		const struct sd_rule *row = r->rows->pdata[i];
		if (row->word == SD_R_RELEASE && may_release(row, acq))
			return true;
	}
	return false;
}

int sd_rules_check(const struct sd_rules *r, FILE *err)
{
	struct rule_errors e = { err, 0 };

	check_contradictions(r, &e);
	for (size_t i = 0; i < r->nrows; i++) {
		const struct sd_rule *row = r->rows->pdata[i];
		if (takes(row) && !row->is_none && !has_release(r, row))
			rule_error(&e, row->file, row->line,
				   "'%s' acquires a lock that no row releases; add a release row for it, or its type=",
				   row->name);
	}
	return e.count;
}
