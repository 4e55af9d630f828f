/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * match_why.c - why a claim is not in the code.
 *
 * A usage: every place that takes the class, with its irq state, since the maintainer's next
 * question is which of them it should be.  A dependency: the reported stack is walked from the
 * function that holds the first lock inward, and the first call that this source does not
 * make is named, with who makes it instead: that is where the versions differ.
 */
#include <stdlib.h>
#include <string.h>
#include "match.h"
#include "view.h"

enum { MAX_SITES = 12, MAX_CALLERS = 5, MAX_DEPS = 5 };

static void say(GPtrArray *out, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
static void say(GPtrArray *out, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	g_ptr_array_add(out, g_strdup_vprintf(fmt, ap));
	va_end(ap);
}

char *match_site(const struct sd_acquire *q)
{
	return g_strdup_printf("%s %s:%d: %s%s, %s, hardirqs %s, softirqs %s", q->function, q->file, q->line,
			       q->mode == 'W' ? "write" : q->mode == 'r' ? "read" : "recursive read",
			       q->trylock ? " (trylock)" : "", q->context, q->hardirqs, q->softirqs);
}

/* --- calls --- */

/* "snd_fasync_work_fn sound/core/misc.c:150 (task: work item, registered at ...)" */
static char *caller_text(const struct mindex *ix, const struct sd_call *c)
{
	const GArray *rows = mindex_rows(ix->entries, c->caller);
	const struct sd_entry *e;

	if (!rows->len)
		return g_strdup_printf("%s() %s:%d%s", c->caller, c->file, c->line,
				       strcmp(c->kind, "direct") ? ", through a pointer" : "");
	e = &ix->r->entries[g_array_index(rows, uint32_t, 0)];
	return g_strdup_printf("%s() %s:%d (entry: %s%s%s%s%s)", c->caller, c->file, c->line, e->context,
			       e->role && *e->role ? ", " : "", e->role ? e->role : "",
			       *e->registered_by ? ", registered by " : "", e->registered_by);
}

/* How many leading path components @a and @b share: callers near the reported one come first. */
static size_t near(const char *a, const char *b)
{
	size_t n = 0;

	for (size_t i = 0; a[i] && a[i] == b[i]; i++)
		n += a[i] == '/';
	return n;
}

struct ranked { const struct sd_call *call; size_t near; };

static int nearer(const void *pa, const void *pb)
{
	const struct ranked *a = pa, *b = pb;
	int v;

	if (a->near != b->near)
		return a->near > b->near ? -1 : 1;
	v = strcmp(a->call->file, b->call->file);
	return v ? v : a->call->line - b->call->line;
}

static void append_callers(const struct mindex *ix, GString *s, const char *callee, const char *file)
{
	const GArray *rows = mindex_rows(ix->callers, callee);
	struct ranked *v = g_new(struct ranked, rows->len + 1);

	for (guint i = 0; i < rows->len; i++) {
		v[i].call = &ix->r->calls[g_array_index(rows, uint32_t, i)];
		v[i].near = near(v[i].call->file, file);
	}
	qsort(v, rows->len, sizeof(*v), nearer);
	g_string_append_printf(s, rows->len ? "\n%s() is called by" : "\nnothing calls %s()", callee);
	for (guint i = 0; i < rows->len && i < MAX_CALLERS; i++) {
		char *t = caller_text(ix, v[i].call);

		g_string_append_printf(s, "\n  %s", t);
		g_free(t);
	}
	if (rows->len > MAX_CALLERS)
		g_string_append_printf(s, "\n  and %u more", rows->len - MAX_CALLERS);
	g_free(v);
}

static char *broken(const struct mindex *ix, const struct sd_frame *caller, const struct sd_frame *callee)
{
	GString *s = g_string_new("");
	const char *file;

	if (!g_hash_table_contains(ix->callees, caller->function) &&
	    !g_hash_table_contains(ix->acquires, caller->function)) {
		g_string_append_printf(s, "%s(), a caller in the report, is not in the scanned source", caller->function);
		return g_string_free(s, FALSE);
	}
	g_string_append_printf(s, "%s() does not call %s() in this source", caller->function, callee->function);
	if (caller->file[0])
		g_string_append_printf(s, " (report: %s:%d)", caller->file, caller->line);
	file = mindex_file(ix, caller->function);
	append_callers(ix, s, callee->function, file[0] ? file : caller->file);
	return g_string_free(s, FALSE);
}

/* The witness has both, the callee further in: it goes through frames that the report's compiler inlined. */
static bool witnessed(const struct sd_witness *w, const char *caller, const char *callee)
{
	bool inside = false;

	for (size_t i = 0; w && i < w->nsteps; i++) {
		if (inside && !strcmp(w->steps[i].function, caller))
			return true;
		inside |= !strcmp(w->steps[i].function, callee);
	}
	return false;
}

char *match_broken_call(const struct mindex *ix, const struct sd_stack *st, const struct sd_witness *w, size_t inner,
			size_t outer)
{
	size_t i = outer;

	while (i > inner) {
		size_t next = i - 1;

		while (next > inner && (st->frames[next].unreliable ||
					!strcmp(st->frames[next].function, st->frames[i].function)))
			next--;
		/* the symboliser prints an inlined caller under its own name twice */
		if (strcmp(st->frames[i].function, st->frames[next].function) && !st->frames[next].unreliable &&
		    !witnessed(w, st->frames[i].function, st->frames[next].function) &&
		    !mindex_calls(ix, st->frames[i].function, st->frames[next].function))
			return broken(ix, &st->frames[i], &st->frames[next]);
		i = next;
	}
	return NULL;
}

/* --- dependencies --- */

static void say_takers(const struct mindex *ix, GPtrArray *out, uint32_t class, const char *printed)
{
	size_t n;
	const struct sd_acquire *q = sd_class_sites(ix->r, class, &n);
	const char *last = "";
	GString *s = g_string_new("");
	unsigned shown = 0, more = 0;

	for (size_t i = 0; i < n; i++) {
		if (!strcmp(q[i].function, last))
			continue;
		last = q[i].function;
		if (shown == MAX_CALLERS)
			more++;
		else
			g_string_append_printf(s, "%s%s()", shown++ ? ", " : "", last);
	}
	if (more)
		g_string_append_printf(s, " and %u more", more);
	say(out, "no function of the reported stack takes %s here; it is taken by %s", printed,
	    shown ? s->str : "nothing");
	g_string_free(s, TRUE);
}

static void say_dep(const struct mindex *ix, GPtrArray *out, const struct sd_dep *d)
{
	char *kinds = sd_dep_kinds(d->kinds);
	const struct sd_step *at = NULL;

	for (int k = 3; k >= 0 && !at; k--)
		if ((d->kinds & (1u << k)) && d->wit[k] && d->wit[k]->nsteps)
			at = &d->wit[k]->steps[0];
	if (at)
		say(out, "  %s -> %s (%s) in %s() %s:%d", sd_class_label(&ix->r->classes[d->from]),
		    sd_class_label(&ix->r->classes[d->to]), kinds, at->function, at->file, at->line);
	else
		say(out, "  %s -> %s (%s)", sd_class_label(&ix->r->classes[d->from]),
		    sd_class_label(&ix->r->classes[d->to]), kinds);
	g_free(kinds);
}

/* Dependencies that do exist from the first lock and to the second. */
static void say_nearby(const struct mindex *ix, GPtrArray *out, uint32_t from, uint32_t to)
{
	unsigned n = 0;

	for (size_t i = 0; i < ix->r->ndep; i++) {
		const struct sd_dep *d = &ix->r->deps[i];

		if (d->from != from && d->to != to)
			continue;
		if (!n)
			say(out, "dependencies that are there:");
		if (n++ < MAX_DEPS)
			say_dep(ix, out, d);
	}
	if (n > MAX_DEPS)
		say(out, "  and %u more", n - MAX_DEPS);
}

enum { MAX_HELPERS = 200, HELPER_DEPTH = 3 };

static bool takes_class(const struct mindex *ix, const char *function, uint32_t class)
{
	const GArray *rows = mindex_rows(ix->acquires, function);

	for (guint k = 0; k < rows->len; k++)
		if (ix->r->acquires[g_array_index(rows, uint32_t, k)].class == class)
			return true;
	return false;
}

/* Does a helper that @function calls take the class, and has returned when the stack is printed? */
static const char *helper_that_takes(const struct mindex *ix, const char *function, uint32_t class)
{
	GPtrArray *queue = g_ptr_array_new();
	const char *found = NULL;
	guint end = 1;

	g_ptr_array_add(queue, (gpointer)function);
	for (guint i = 0, depth = 0; i < queue->len && queue->len < MAX_HELPERS && !found; i++) {
		const GArray *rows = mindex_rows(ix->callees, queue->pdata[i]);

		if (i == end) {
			if (++depth == HELPER_DEPTH)
				break;
			end = queue->len;
		}
		for (guint k = 0; k < rows->len && !found; k++) {
			const struct sd_call *c = &ix->r->calls[g_array_index(rows, uint32_t, k)];

			if (takes_class(ix, c->callee, class))
				found = c->callee;
			g_ptr_array_add(queue, (gpointer)c->callee);
		}
	}
	g_ptr_array_free(queue, TRUE);
	return found;
}

size_t match_holder_frame(const struct mindex *ix, const struct sd_stack *st, uint32_t from, size_t inner,
			  const char **function)
{
	size_t h = mindex_acquire_frame(ix, st, from, inner, function);

	if (h < st->nframes)
		return h;
	for (h = inner; h < st->nframes; h++) {
		if (st->frames[h].unreliable || !helper_that_takes(ix, st->frames[h].function, from))
			continue;
		*function = st->frames[h].function;
		return h;
	}
	*function = "";
	return st->nframes;
}

static size_t outermost_known(const struct mindex *ix, const struct sd_stack *st, size_t inner)
{
	size_t h;

	for (h = inner; h + 1 < st->nframes && mindex_knows(ix, st->frames[h + 1].function); h++)
		;
	return h;
}

static size_t first_known(const struct mindex *ix, const struct sd_stack *st)
{
	for (size_t i = 0; i < st->nframes; i++)
		if (!st->frames[i].unreliable && g_hash_table_contains(ix->callees, st->frames[i].function))
			return i;
	return st->nframes;
}

static void why_stack(const struct mindex *ix, const struct mreport *m, const struct mdep *d, uint32_t from,
		      uint32_t to, GPtrArray *out)
{
	const char *taker, *holder;
	size_t inner = mindex_acquire_frame(ix, d->st, to, 0, &taker), h;
	const char *second = m->sp->locks[d->to].printed, *first = m->sp->locks[d->from].printed;
	char *text;

	if (inner == d->st->nframes) {
		say_takers(ix, out, to, second);
		inner = first_known(ix, d->st);
		if (inner == d->st->nframes) {
			say(out, "no function of the reported stack is in the scanned source");
			return;
		}
	}
	h = match_holder_frame(ix, d->st, from, inner, &holder);
	if (!*holder)
		h = outermost_known(ix, d->st, inner);
	text = match_broken_call(ix, d->st, NULL, inner, h);
	if (text) {
		g_ptr_array_add(out, text);
		return;
	}
	if (!*holder && from != to)
		say_takers(ix, out, from, first);
	else if (!*holder)
		say(out, "it is not seen held there");
	else if (h == inner)
		say(out, "%s() takes both, but %s is not seen held where %s is taken", holder, first, second);
	else
		say(out, "every call from %s() to %s() is there, but %s is not seen held where %s is taken", holder,
		    d->st->frames[inner].function, first, second);
}

GPtrArray *match_why_dep(const struct mindex *ix, const struct mreport *m, const struct mdep *d)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	const struct sd_class *a = match_class(ix, &m->locks[d->from]), *b = match_class(ix, &m->locks[d->to]);
	uint32_t from, to;

	if (!a || !b) {
		say(out, "%s is not resolved to a class", m->sp->locks[a ? d->to : d->from].printed);
		return out;
	}
	from = (uint32_t)(a - ix->r->classes);
	to = (uint32_t)(b - ix->r->classes);
	if (d->st)
		why_stack(ix, m, d, from, to, out);
	say_nearby(ix, out, from, to);
	return out;
}

/* --- usage --- */

static void say_sites(const struct mindex *ix, GPtrArray *out, uint32_t class)
{
	size_t n, shown = 0, more = 0;
	const struct sd_acquire *q = sd_class_sites(ix->r, class, &n);
	char *last = g_strdup("");

	say(out, n ? "every site that takes it:" : "no site takes it");
	for (size_t i = 0; i < n; i++) {
		char *s = match_site(&q[i]);

		if (strcmp(s, last) && shown++ < MAX_SITES)
			say(out, "  %s", s);
		else
			more += strcmp(s, last) != 0;
		g_free(last);
		last = s;
	}
	g_free(last);
	if (more)
		say(out, "  and %zu more", more);
}

GPtrArray *match_why_usage(const struct mindex *ix, const struct mreport *m, const struct musage *u, bool sites)
{
	GPtrArray *out = g_ptr_array_new_with_free_func(g_free);
	const struct sd_class *c = match_class(ix, &m->locks[u->lock]);
	const char *taker;
	uint32_t class;
	size_t inner, outer;
	char *text = NULL;

	if (!c)
		return out;
	class = (uint32_t)(c - ix->r->classes);
	if (u->st) {
		inner = mindex_acquire_frame(ix, u->st, class, 0, &taker);
		if (inner == u->st->nframes)
			say_takers(ix, out, class, m->sp->locks[u->lock].printed);
		for (outer = inner; outer + 1 < u->st->nframes && !u->st->frames[outer + 1].interrupted &&
		     g_hash_table_contains(ix->callees, u->st->frames[outer + 1].function); outer++)
			;
		if (inner < u->st->nframes)
			text = match_broken_call(ix, u->st, NULL, inner, outer);
		if (text)
			g_ptr_array_add(out, text);
	}
	if ((u->bit == SD_U_IN_SOFTIRQ_W && (c->usage & (1u << SD_U_IN_HARDIRQ_W))) ||
	    (u->bit == SD_U_IN_SOFTIRQ_R && (c->usage & (1u << SD_U_IN_HARDIRQ_R))))
		say(out, "lockdep sets it also when the hardirq hits while a softirq runs; the code has the hardirq");
	if (sites)
		say_sites(ix, out, class);
	return out;
}
