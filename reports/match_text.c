/* SPDX-License-Identifier: GPL-2.0-or-later */
/* match_text.c - the answer for people: what the report says, claim by claim, and the verdict. */
#include <stdio.h>
#include <string.h>
#include "match.h"
#include "view.h"

enum { WIDTH = 100 };

/* Lines of @s, indented; long ones are wrapped at blanks. */
static void paragraph(const char *s, int indent, FILE *out)
{
	while (*s) {
		size_t n = strcspn(s, "\n"), room = (size_t)(WIDTH - indent), cut;
		size_t lead = strspn(s, " ");

		fprintf(out, "%*s", indent, "");
		while (n > room) {
			for (cut = room; cut > lead && s[cut] != ' '; cut--)
				;
			if (cut <= lead)
				cut = lead + strcspn(s + lead, " \n");
			fprintf(out, "%.*s\n", (int)cut, s);
			s += cut + (s[cut] == ' ');
			n = strcspn(s, "\n");
			room = (size_t)(WIDTH - indent - 4);
			fprintf(out, "%*s", indent + 4, "");
			lead = 0;
		}
		fprintf(out, "%.*s\n", (int)n, s);
		s += n + (s[n] == '\n');
	}
}

static void paragraphs(GPtrArray *lines, int indent, FILE *out)
{
	for (guint i = 0; i < lines->len; i++)
		paragraph(lines->pdata[i], indent, out);
	g_ptr_array_free(lines, TRUE);
}

/* --- the report --- */

static void chain(const struct sd_splat *sp, FILE *out)
{
	GString *s = g_string_new("");

	for (size_t i = 0; i < sp->nchain; i++)
		g_string_append_printf(s, "%s%s", i ? " -> " : "", sp->locks[sp->chain[i]].printed);
	if (sp->kind == SD_S_CIRCULAR && sp->nchain)
		g_string_append_printf(s, " -> %s", sp->locks[sp->chain[0]].printed);
	if (sp->chain_partial)
		g_string_append(s, "  (the report's summary; there may be locks between)");
	paragraph(s->str, 2, out);
	g_string_free(s, TRUE);
}

static void head(const struct sd_splat *sp, FILE *out)
{
	fprintf(out, "line %u: %s\n", sp->line, sp->headline);
	if (sp->task[0] || sp->irq[0] || sp->prev_bit[0])
		fprintf(out, "  ");
	if (sp->prev_bit[0])
		fprintf(out, "{%s} -> {%s}, ", sp->prev_bit, sp->new_bit);
	else if (sp->irq[0])
		fprintf(out, "%s, ", sp->irq);
	if (sp->task[0])
		fprintf(out, "task %s\n", sp->task);
	else if (sp->irq[0] || sp->prev_bit[0])
		fprintf(out, "task unknown\n");
	if (sp->nchain)
		chain(sp, out);
	if (sp->nrepeats) {
		fprintf(out, "  also at line%s", sp->nrepeats > 1 ? "s" : "");
		for (size_t i = 0; i < sp->nrepeats && i < 8; i++)
			fprintf(out, "%s %u", i ? "," : "", sp->repeats[i]);
		fprintf(out, "%s\n", sp->nrepeats > 8 ? " ..." : "");
	}
	if (!sp->complete)
		fprintf(out, "  incomplete: the log ends, or goes on to something else, inside this report\n");
}

/* --- locks --- */

static void lock_text(const struct mindex *ix, const struct mlock *l, FILE *out)
{
	const struct sd_class *c = match_class(ix, l);
	char *how = match_how(ix, l), *init, bits[5];
	GString *s = g_string_new(l->lk->printed);

	if (l->lk->usage[0])
		g_string_append_printf(s, " {%s}", l->lk->usage);
	if (c) {
		init = sd_class_init(c);
		sd_usage_bits(c->usage, bits);
		g_string_append_printf(s, "  is  %s {%s}, %s%s", c->name, bits, init,
				       c->by_type_only ? ", by type only: may be several locks" : "");
		g_free(init);
	}
	paragraph(s->str, 4, out);
	paragraph(how, 6, out);
	g_string_free(s, TRUE);
	g_free(how);
}

static void locks_text(const struct mindex *ix, const struct mreport *m, FILE *out)
{
	if (m->norder)
		fprintf(out, "\n  locks\n");
	for (size_t i = 0; i < m->norder; i++)
		lock_text(ix, &m->locks[m->order[i]], out);
}

/* --- usage --- */

static bool in_witness(const struct sd_witness *w, const char *function)
{
	for (size_t i = 0; i < w->nsteps; i++)
		if (!strcmp(w->steps[i].function, function))
			return true;
	return false;
}

/* The part of the reported path that proves something: out to where it meets the witness, or to @holder. */
static size_t path_end(const struct sd_stack *st, const struct sd_witness *w, size_t inner, size_t holder)
{
	size_t i = inner;

	if (holder < st->nframes)
		return holder;
	while (i + 1 < st->nframes && !in_witness(w, st->frames[i].function))
		i++;
	return in_witness(w, st->frames[i].function) ? i : inner;
}

static bool all_in_witness(const struct sd_stack *st, const struct sd_witness *w, size_t inner, size_t end)
{
	for (size_t i = inner; i <= end; i++)
		if (!st->frames[i].unreliable && !in_witness(w, st->frames[i].function))
			return false;
	return true;
}

/* Our witness is the shortest path.  Where the reported one differs: is it in the code as well? */
static void other_path(const struct mindex *ix, const struct sd_stack *st, const struct sd_witness *w,
		       uint32_t class, const uint32_t *from, FILE *out)
{
	const char *taker, *holder;
	size_t inner = st ? mindex_acquire_frame(ix, st, class, 0, &taker) : 0, end;
	char *text;

	if (!st || !w || !w->nsteps || inner == st->nframes)
		return;
	end = path_end(st, w, inner, from ? match_holder_frame(ix, st, *from, inner, &holder) : st->nframes);
	text = match_broken_call(ix, st, w, inner, end);
	if (text) {
		paragraph("the reported path is another one, not in this source:", 6, out);
		paragraph(text, 8, out);
	} else if (!all_in_witness(st, w, inner, end) || (end == inner && !in_witness(w, taker))) {
		text = end > inner ? g_strdup_printf("the report's path from %s() to %s() is in this source, too",
						     st->frames[end].function, taker) :
				     g_strdup_printf("another path than the report's; %s() takes it here, too", taker);
		paragraph(text, 6, out);
	}
	g_free(text);
}

static bool same_frames(const struct sd_stack *a, const struct sd_stack *b)
{
	if (!a || !b || a->nframes != b->nframes)
		return a == b;
	for (size_t i = 0; i < a->nframes; i++)
		if (strcmp(a->frames[i].function, b->frames[i].function))
			return false;
	return true;
}

static bool same_steps(const struct sd_witness *a, const struct sd_witness *b)
{
	if (!a || !b || a->nsteps != b->nsteps || strcmp(a->entry, b->entry))
		return a == b;
	for (size_t i = 0; i < a->nsteps; i++)
		if (strcmp(a->steps[i].function, b->steps[i].function) || a->steps[i].line != b->steps[i].line)
			return false;
	return true;
}

/* The claim before this one, of the same lock, that shows the same two paths. */
static const struct musage *shown_before(const struct mindex *ix, const struct mreport *m, const struct musage *u)
{
	const struct sd_class *c = match_class(ix, &m->locks[u->lock]);

	for (const struct musage *p = m->usages; p < u; p++)
		if (p->lock == u->lock && p->found && same_frames(p->st, u->st) &&
		    same_steps(c->wit[p->bit], c->wit[u->bit]))
			return p;
	return NULL;
}

static void usage_found(const struct mindex *ix, const struct mreport *m, const struct musage *u, FILE *out)
{
	const struct sd_class *c = match_class(ix, &m->locks[u->lock]);
	const struct musage *before = shown_before(ix, m, u);

	if (before) {
		fprintf(out, "      same paths as %s\n", sd_usage_name[before->bit]);
		return;
	}
	match_frames(u->st, c->wit[u->bit], 6, out);
	other_path(ix, u->st, c->wit[u->bit], (uint32_t)(c - ix->r->classes), NULL, out);
}

static void usages_text(const struct mindex *ix, const struct mreport *m, FILE *out)
{
	size_t listed = SD_NO_LOCK;     /* every site of a lock is listed once; its usages are next to each other */

	if (m->nusages)
		fprintf(out, "\n  usage\n");
	for (size_t i = 0; i < m->nusages; i++) {
		const struct musage *u = &m->usages[i];

		fprintf(out, "    %s %-12s %s%s%s\n", u->found ? "[x]" : "[ ]", sd_usage_name[u->bit],
			m->sp->locks[u->lock].printed, u->found ? "" : "  NOT in the code",
			u->decisive ? "  (decisive)" : "");
		if (u->found) {
			usage_found(ix, m, u, out);
			continue;
		}
		paragraphs(match_why_usage(ix, m, u, u->lock != listed), 6, out);
		listed = u->lock;
	}
}

/* --- dependencies --- */

static void via_text(const struct mindex *ix, const struct mdep *d, FILE *out)
{
	fprintf(out, "      through");
	for (size_t i = d->nvia; i-- > 0;)
		fprintf(out, " %s%s", sd_class_label(&ix->r->classes[d->via[i]]), i ? "," : "");
	fprintf(out, "\n");
}

static void dep_found(const struct mindex *ix, const struct mreport *m, const struct mdep *d, FILE *out)
{
	const struct sd_step *held = &d->dep->held[d->kind];
	const struct sd_witness *w = d->dep->wit[d->kind];

	for (unsigned k = 0; k < 4 && !w; k++) {        /* no strong path was asked for, or there is none */
		w = d->dep->wit[k];
		held = &d->dep->held[k];
	}
	match_frames(d->st, w, 6, out);
	if (held->function && *held->function) {
		char *s = g_strdup_printf("%s held since %s %s:%d", m->sp->locks[d->from].printed, held->function,
					  held->file, held->line);

		paragraph(s, 6, out);
		g_free(s);
	}
	other_path(ix, d->st, w, d->dep->to, &d->dep->from, out);
}

static void again_text(const struct mindex *ix, const struct mdep *d, FILE *out)
{
	const struct sd_finding *f = d->again;
	const struct sd_witness *held = f->nwit > 1 ? f->wit[1] : NULL;

	match_frames(d->st, f->nwit ? f->wit[0] : NULL, 6, out);
	if (held && held->nsteps)
		fprintf(out, "      held since %s %s:%d\n", held->steps[0].function, held->steps[0].file, held->steps[0].line);
	if (f->nwit)
		other_path(ix, d->st, f->wit[0], f->chain[0], &f->chain[0], out);
}

static void dep_text(const struct mindex *ix, const struct mreport *m, const struct mdep *d, FILE *out)
{
	char *kinds = d->dep ? sd_dep_kinds(d->dep->kinds) : NULL;

	fprintf(out, "    %s %s -> %s%s%s%s%s\n", d->found ? "[x]" : "[ ]", m->sp->locks[d->from].printed,
		m->sp->locks[d->to].printed, kinds ? "  (" : "", kinds ? kinds : "", kinds ? ")" : "",
		d->found ? "" : "  NOT in the code");
	g_free(kinds);
	if (d->dep)
		dep_found(ix, m, d, out);
	else if (d->again)
		again_text(ix, d, out);
	else if (d->found)
		via_text(ix, d, out);
	else
		paragraphs(match_why_dep(ix, m, d), 6, out);
}

static void deps_text(const struct mindex *ix, const struct mreport *m, FILE *out)
{
	if (m->ndeps)
		fprintf(out, "\n  dependencies\n");
	for (size_t i = 0; i < m->ndeps; i++)
		dep_text(ix, m, &m->deps[i], out);
}

/* --- verdict --- */

static void strong_path_text(const struct mindex *ix, const struct mreport *m, FILE *out)
{
	fprintf(out, "  the chain's dependencies:");
	for (size_t i = 0; i < m->ndeps; i++) {
		char *kinds = m->deps[i].dep ? sd_dep_kinds(m->deps[i].dep->kinds) : g_strdup("?");

		fprintf(out, " -(%s)->", kinds);
		g_free(kinds);
	}
	fprintf(out, "\n");
	if (!strcmp(ix->r->read_lock, "recursive"))
		fprintf(out, "  analysed with --read-lock=recursive: read_lock() counts as recursive everywhere\n");
}

static void verdict_text(const struct mindex *ix, const struct mreport *m, FILE *out)
{
	GString *s = g_string_new("");

	fprintf(out, "\n");
	if (m->weak)
		strong_path_text(ix, m, out);
	if (m->other_irq)
		paragraph(strcmp(m->sp->irq, "softirq") ?
			  "the headline says hardirq; the code has the same clash for softirq" :
			  "the headline says softirq; the code has the same clash for hardirq, which may hit any softirq",
			  2, out);
	if (m->finding)
		fprintf(out, "  finding %u: %s\n", m->finding->id, m->finding->title);
	g_string_append(s, m->verdict == M_OUT_OF_SCOPE ? "recognised, but not a kind that statdep checks" :
			m->verdict == M_IN_CODE ? (m->sp->complete ? "the whole chain is in the code" :
						   "all of the chain that the log shows is in the code") :
			"not all there: missing ");
	for (guint i = 0; i < m->missing->len; i++)
		g_string_append_printf(s, "%s%s", i ? "; " : "", (const char *)m->missing->pdata[i]);
	paragraph(s->str, 2, out);
	g_string_free(s, TRUE);
}

void match_text(const struct mindex *ix, const struct mreport *m, FILE *out)
{
	head(m->sp, out);
	if (m->verdict != M_OUT_OF_SCOPE) {
		locks_text(ix, m, out);
		usages_text(ix, m, out);
		deps_text(ix, m, out);
	}
	verdict_text(ix, m, out);
}
