/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_resolve.c - which class of the code is the lock of a report?
 *
 * Two pieces of evidence.  The name: lockdep prints the expression at the init site, and the
 * class has it when that site was scanned.  The stacks: some function in them takes the class;
 * the frames inside it are lock API, which the analysis does not descend into, so they take
 * nothing and need not be known by name.  A class found by its stack must also be called
 * alike (same last member), unless nothing else is there.
 */
#include <string.h>
#include "match.h"
#include "splat_line.h"
#include "view.h"

enum { MAX_CAND = 12, MAX_STACKS = 40 };

/* "&f->f_owner.lock" -> "f_owner.lock", "&x[depth]" -> "x", "tasklist_lock" as it is. */
static char *member_of(const char *name)
{
	const char *p, *tail = name;
	char *out;

	for (p = strstr(name, "->"); p; p = strstr(p + 2, "->"))
		tail = p + 2;
	tail += strspn(tail, "&(* ");
	out = g_strdup(tail);
	out[strcspn(out, "[)")] = '\0';
	return out;
}

/* Does path @name end in member path @tail, on a boundary? */
static bool ends_in(const char *name, const char *tail)
{
	size_t n = strlen(name), k = strlen(tail);

	if (!k || k > n || strcmp(name + n - k, tail))
		return false;
	return k == n || strchr(".:>", name[n - k - 1]) != NULL;
}

/* How alike the class's own path is to the member: 2 whole, 1 its last member, 0 not. */
static int alike(const struct sd_class *c, const char *member)
{
	const char *dot = strrchr(member, '.');
	char *path = g_strdup(c->name), *end = path + strlen(path);
	int v;

	while (end > path && g_ascii_isdigit(end[-1]))
		end--;
	if (end > path && end[-1] == '/')       /* a subclass */
		end[-1] = '\0';
	if (g_str_has_suffix(path, "[]"))
		path[strlen(path) - 2] = '\0';
	v = ends_in(path, member) ? 2 : dot && ends_in(path, dot + 1) ? 1 : 0;
	g_free(path);
	return v;
}

/* lockdep's name of the class is the report's name: 2 with the same subclass, 1 without, 0 not at all. */
static int same_name(const struct mindex *ix, uint32_t class, const struct sd_splat_lock *lk)
{
	const struct sd_class *c = &ix->r->classes[class];
	const struct sd_splat_lock *n = &ix->names[class];
	const char *colon = strrchr(c->name, ':');

	if (c->lockdep_name[0])
		return strcmp(n->name, lk->name) ? 0 : n->subclass == lk->subclass ? 2 : 1;
	/* a static lock's name is its variable's */
	return colon && !strcmp(colon + 1, lk->name) ? 2 : 0;
}

static struct mcand *cand_of(const struct mindex *ix, struct mlock *l, uint32_t class)
{
	struct mcand *c;

	for (size_t i = 0; i < l->ncand; i++)
		if (l->cand[i].class == class)
			return &l->cand[i];
	c = APPEND(ix->a, l->cand, l->ncand);
	c->class = class;
	c->functions = g_ptr_array_new();
	return c;
}

static void by_name(const struct mindex *ix, struct mlock *l)
{
	for (uint32_t i = 0; i < ix->r->nclass; i++) {
		int same = same_name(ix, i, l->lk);
		struct mcand *c;

		if (!same)
			continue;
		c = cand_of(ix, l, i);
		c->by_name = true;
		c->score += 4 + same;
	}
}

static bool listed(const GPtrArray *a, const char *s)
{
	for (guint i = 0; i < a->len; i++)
		if (!strcmp(a->pdata[i], s))
			return true;
	return false;
}

static void vote(const struct mindex *ix, struct mlock *l, uint32_t class, const char *function, bool renamed)
{
	struct mcand *c = cand_of(ix, l, class);

	c->by_stack = true;
	c->renamed |= renamed && !c->by_name;
	if (!listed(c->functions, function)) {
		g_ptr_array_add(c->functions, (gpointer)function);
		c->score += c->functions->len <= 3 ? (renamed ? 1 : 2) : 0;
	}
}

/* Votes for the classes that @function takes and that are called alike. */
static bool vote_function(const struct mindex *ix, struct mlock *l, const char *member, const char *function)
{
	const GArray *rows = mindex_rows(ix->acquires, function);
	bool any = false;

	for (guint k = 0; k < rows->len; k++) {
		uint32_t ci = ix->r->acquires[g_array_index(rows, uint32_t, k)].class;
		const struct sd_class *c = &ix->r->classes[ci];
		bool named = same_name(ix, ci, l->lk) > 0;

		if (!named && (c->lockdep_name[0] || !alike(c, member)))
			continue;
		vote(ix, l, ci, function, false);
		any = true;
	}
	return any;
}

/* Frame by frame outward: the function, then what may be inlined into it; the first that takes it ends the walk. */
static void by_stack(const struct mindex *ix, struct mlock *l, const struct sd_stack *st)
{
	char *member = member_of(l->lk->name);
	bool done = false;

	for (size_t i = 0; i < st->nframes && !done; i++) {
		const struct sd_frame *f = &st->frames[i];
		GPtrArray *inl;

		if (f->unreliable)
			continue;
		if (!listed(l->tried, f->function) && l->tried->len < 64)
			g_ptr_array_add(l->tried, (gpointer)f->function);
		inl = mindex_inlined(ix, f->function);
		for (guint k = 0; k < inl->len && !done; k++)
			done = vote_function(ix, l, member, inl->pdata[k]);
		g_ptr_array_free(inl, TRUE);
	}
	g_free(member);
}

/* May the class be called otherwise in the report's kernel?  Not when its name says that it is another lock. */
static bool may_be_renamed(const struct sd_class *c, const struct mlock *l)
{
	char *member = member_of(l->lk->name);
	bool may = !c->lockdep_name[0] || alike(c, member) == 2;

	g_free(member);
	return may;
}

/* Nothing is called alike: then the one class that the innermost acquiring function takes. */
static void by_place(const struct mindex *ix, struct mlock *l, const struct sd_stack *st)
{
	for (size_t i = 0; i < st->nframes; i++) {
		const GArray *rows = mindex_rows(ix->acquires, st->frames[i].function);
		uint32_t class, other;

		if (!rows->len || st->frames[i].unreliable)
			continue;
		class = ix->r->acquires[g_array_index(rows, uint32_t, 0)].class;
		for (guint k = 1; k < rows->len; k++) {
			other = ix->r->acquires[g_array_index(rows, uint32_t, k)].class;
			if (other != class)
				return;
		}
		if (may_be_renamed(&ix->r->classes[class], l))
			vote(ix, l, class, st->frames[i].function, true);
		return;
	}
}

/* Every stack at whose inner end the lock is taken. */
static void each_stack(const struct mindex *ix, const struct sd_splat *sp, size_t lock, struct mlock *l,
		       void (*look)(const struct mindex *, struct mlock *, const struct sd_stack *))
{
	size_t n = 0;

	for (size_t i = 0; i < l->lk->nstacks && n < MAX_STACKS; i++, n++)
		look(ix, l, &l->lk->stacks[i]);
	for (size_t i = 0; i < sp->ndeps && n < MAX_STACKS; i++)
		if (sp->deps[i].to == lock) {
			look(ix, l, &sp->deps[i].stack);
			n++;
		}
	for (size_t i = 0; i < sp->nheld && n < MAX_STACKS; i++)
		if (sp->held[i].lock == lock) {
			look(ix, l, &sp->held[i].at);
			n++;
		}
	if (sp->trigger == lock)
		look(ix, l, &sp->trigger_at);
	if (sp->holding == lock)
		look(ix, l, &sp->holding_at);
}

static int better(const void *pa, const void *pb)
{
	const struct mcand *a = pa, *b = pb;

	if (a->score != b->score)
		return a->score > b->score ? -1 : 1;
	return a->class < b->class ? -1 : a->class > b->class;
}

static void resolve(const struct mindex *ix, const struct sd_splat *sp, size_t lock, struct mlock *l)
{
	l->tried = g_ptr_array_new();
	by_name(ix, l);
	each_stack(ix, sp, lock, l, by_stack);
	if (!l->ncand)
		each_stack(ix, sp, lock, l, by_place);
	if (l->ncand)
		qsort(l->cand, l->ncand, sizeof(*l->cand), better);
	while (l->ncand > MAX_CAND)
		g_ptr_array_free(l->cand[--l->ncand].functions, TRUE);
}

void match_resolve(const struct mindex *ix, const struct sd_splat *sp, struct mlock *locks)
{
	for (size_t i = 0; i < sp->nlocks; i++) {
		locks[i].lk = &sp->locks[i];
		if (locks[i].wanted)
			resolve(ix, sp, i, &locks[i]);
	}
}

const struct sd_class *match_class(const struct mindex *ix, const struct mlock *l)
{
	return l->ncand ? &ix->r->classes[l->cand[l->chosen].class] : NULL;
}

static void append_functions(GString *s, const GPtrArray *functions, guint max)
{
	for (guint i = 0; i < functions->len && i < max; i++)
		g_string_append_printf(s, "%s%s()", i ? ", " : "", (const char *)functions->pdata[i]);
	if (functions->len > max)
		g_string_append_printf(s, " and %u more", functions->len - max);
}

char *match_how(const struct mindex *ix, const struct mlock *l)
{
	GString *s = g_string_new("");
	const struct mcand *c;

	(void)ix;
	if (!l->ncand) {
		g_string_append(s, "not resolved: no class of that name");
		if (l->tried && l->tried->len) {
			g_string_append(s, "; no acquisition in ");
			append_functions(s, l->tried, 6);
		}
		return g_string_free(s, FALSE);
	}
	c = &l->cand[l->chosen];
	g_string_append(s, c->by_name && c->by_stack ? "by name and stack" : c->by_name ? "by name" : "by stack");
	if (c->by_stack) {
		g_string_append(s, ": acquired in ");
		append_functions(s, c->functions, 4);
	}
	if (c->renamed)
		g_string_append(s, "; the name differs");
	if (l->ncand > 1)
		g_string_append_printf(s, "; %zu other candidate%s", l->ncand - 1, l->ncand > 2 ? "s" : "");
	return g_string_free(s, FALSE);
}
