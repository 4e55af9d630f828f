/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * dot.c - pictures of lock classes and their order; the only includer of Graphviz headers.
 *
 * A class's shape says where it is taken (octagon: in hardirq, hexagon: in softirq, box: only
 * outside, with hardirqs on), its colour which side of an inversion it can be on.  Colours are
 * Okabe and Ito's, which colour-blind readers can tell apart; no meaning rests on colour alone.
 */
#include <graphviz/cgraph.h>
#include <graphviz/gvc.h>
#include <string.h>
#include "draw.h"
#include "view.h"

#define VERMILLION "#D55E00"    /* what is wrong: paths of findings, the interrupt */
#define GREY "#606060"
#define WRAP 24                 /* characters of a name on one line */
#define NOTE_WRAP 44            /* characters of a note's line */
#define CROWD 12                /* classes from which the picture runs from left to right, with shorter labels */
#define LEFT "<BR ALIGN=\"LEFT\"/>"
#define TOO_MANY 80             /* classes from which nobody can read the picture */

enum look { PLAIN, SOFT_SAFE, HARD_SAFE, HARD_UNSAFE, SOFT_SAFE_HARD_UNSAFE, BOTH, NLOOK };

static const struct { const char *shape, *fill, *rings, *words; } looks[NLOOK] = {
	[PLAIN] = { "ellipse", "#FFFFFF", "1", "no use in or with interrupts" },
	[SOFT_SAFE] = { "hexagon", "#009E73", "1", "softirq-safe: taken in softirq" },
	[HARD_SAFE] = { "octagon", "#56B4E9", "1", "hardirq-safe: taken in hardirq" },
	[HARD_UNSAFE] = { "box", "#E69F00", "1", "hardirq-unsafe: taken with hardirqs on" },
	[SOFT_SAFE_HARD_UNSAFE] = { "hexagon", "#F0E442", "1", "softirq-safe and hardirq-unsafe" },
	[BOTH] = { "octagon", "#CC79A7", "2", "taken in an interrupt and with it on" },
};

static enum look look_of(const struct sd_class *c)
{
	bool in_hard = c->usage & (1 << SD_U_IN_HARDIRQ_W | 1 << SD_U_IN_HARDIRQ_R);
	bool in_soft = c->usage & (1 << SD_U_IN_SOFTIRQ_W | 1 << SD_U_IN_SOFTIRQ_R);
	bool on_hard = c->usage & (1 << SD_U_HARDIRQ_ON_W | 1 << SD_U_HARDIRQ_ON_R);
	bool on_soft = c->usage & (1 << SD_U_SOFTIRQ_ON_W | 1 << SD_U_SOFTIRQ_ON_R);

	if ((in_hard && on_hard) || (in_soft && on_soft))
		return BOTH;
	if (in_soft && on_hard)
		return SOFT_SAFE_HARD_UNSAFE;
	return in_hard ? HARD_SAFE : in_soft ? SOFT_SAFE : on_hard ? HARD_UNSAFE : PLAIN;
}

struct dot {
	const struct sd_picture *p;
	Agraph_t *g;
	bool crowded;
};

static void set(void *obj, const char *key, const char *value)
{
	agsafeset(obj, (char *)key, (char *)value, (char *)"");
}

static void set_html(struct dot *d, void *obj, const char *key, const GString *html)
{
	char *valid = sd_utf8(html->str);
	char *text = agstrdup_html(d->g, valid);

	set(obj, key, text);
	agstrfree(d->g, text);
	g_free(valid);
}

/* --- labels: Graphviz' HTML-like strings --- */

static bool breaks_after(char c)
{
	return strchr("._>:/, -", c) != NULL;
}

/* Appends @s escaped, with @br where a reader would break it when longer than @width. */
static void append_wrapped(GString *out, const char *s, size_t width, const char *br)
{
	size_t left = strlen(s);

	while (left) {
		size_t n = MIN(left, width), cut = n;
		char *piece;

		while (n < left && cut > width / 2 && !breaks_after(s[cut - 1]))
			cut--;
		if (n < left && cut > width / 2)
			n = cut;
		piece = g_markup_escape_text(s, (gssize)n);
		g_string_append(out, piece);
		g_free(piece);
		s += n;
		left -= n;
		if (left)
			g_string_append(out, br);
	}
}

static void append_escaped(GString *out, const char *fmt, ...) G_GNUC_PRINTF(2, 3);
static void append_escaped(GString *out, const char *fmt, ...)
{
	va_list ap;
	char *text;

	va_start(ap, fmt);
	text = g_markup_vprintf_escaped(fmt, ap);
	va_end(ap);
	g_string_append(out, text);
	g_free(text);
}

static void label_class(struct dot *d, Agnode_t *n, const struct sd_class *c)
{
	GString *s = g_string_new("<B>");

	append_wrapped(s, sd_class_label(c), WRAP, "<BR/>");
	g_string_append(s, "</B><BR/>");
	if (strcmp(sd_class_label(c), c->name)) {
		g_string_append(s, "<FONT POINT-SIZE=\"10\">");
		append_wrapped(s, c->name, WRAP, "<BR/>");
		g_string_append(s, "</FONT><BR/>");
	}
	append_escaped(s, "{%s} %s", c->bits, c->lock_type);
	set_html(d, n, "label", s);
	g_string_free(s, TRUE);
}

/* --- nodes and edges --- */

static Agnode_t *class_node(struct dot *d, uint32_t id)
{
	char name[24];

	g_snprintf(name, sizeof(name), "c%u", id);
	return agnode(d->g, name, 1);
}

static void set_look(Agnode_t *n, enum look look)
{
	set(n, "shape", looks[look].shape);
	set(n, "fillcolor", looks[look].fill);
	set(n, "peripheries", looks[look].rings);
}

static void set_id(struct dot *d, void *obj, const char *what, size_t i)
{
	char id[64];

	g_snprintf(id, sizeof(id), "%s_%s%zu", d->p->id, what, i);
	set(obj, "id", id);
}

static void add_class(struct dot *d, uint32_t id)
{
	const struct sd_class *c = &d->p->r->classes[id];
	Agnode_t *n = class_node(d, id);
	char *tip = sd_utf8(c->name);

	label_class(d, n, c);
	set_look(n, look_of(c));
	set_id(d, n, "class", id);
	set(n, "tooltip", tip);
	if (d->p->class[id] == SD_M_PATH) {
		set(n, "color", VERMILLION);
		set(n, "penwidth", "3");
	}
	g_free(tip);
}

static const struct sd_witness *first_witness(const struct sd_dep *dep, unsigned *n)
{
	const struct sd_witness *w = NULL;

	*n = 0;
	for (unsigned bit = 4; bit-- > 0; ) {
		if (!dep->wit[bit])
			continue;
		if (!(*n)++)
			w = dep->wit[bit];
	}
	return w;
}

/* Kinds, then where: two blanks before each line keep it off a thick edge. */
static void label_dep(struct dot *d, Agedge_t *e, const struct sd_dep *dep)
{
	char *kinds = sd_dep_kinds(dep->kinds);
	GString *s = g_string_new(NULL);
	unsigned n;
	const struct sd_witness *w = first_witness(dep, &n);

	append_escaped(s, "\u00a0\u00a0%s", kinds);
	if (w && w->nsteps) {
		const struct sd_step *step = &w->steps[0];

		g_string_append(s, LEFT);
		append_escaped(s, "\u00a0\u00a0%s:%d", step->function, step->line);
		if (n > 1)
			append_escaped(s, " +%u", n - 1);
		if (!d->crowded && *step->file) {
			g_string_append(s, LEFT);
			append_escaped(s, "\u00a0\u00a0%s", step->file);
		}
	}
	g_string_append(s, LEFT);
	set_html(d, e, "label", s);
	g_string_free(s, TRUE);
	g_free(kinds);
}

static void add_dep(struct dot *d, size_t i)
{
	const struct sd_dep *dep = &d->p->r->deps[i];
	Agedge_t *e = agedge(d->g, class_node(d, dep->from), class_node(d, dep->to), NULL, 1);

	label_dep(d, e, dep);
	set_id(d, e, "dep", i);
	if (d->p->dep[i] != SD_M_PATH)
		return;
	set(e, "color", VERMILLION);
	set(e, "penwidth", "3");
	set(e, "weight", "8");
}

/* Graphviz keeps no room for the label of a loop at a node's side: below it there is some. */
static void loop_below(Agedge_t *e)
{
	set(e, "tailport", "s");
	set(e, "headport", "s");
}

/* The step that no dependency shows: the interrupt arrives on the CPU that holds the unsafe lock. */
static void add_interrupt(struct dot *d, const struct sd_finding *f)
{
	Agedge_t *e = agedge(d->g, class_node(d, f->chain[f->nchain - 1]), class_node(d, f->chain[0]),
			     NULL, 1);
	char *text = g_strdup_printf("%s interrupts\\nthe lock's owner", f->irq);

	set(e, "label", text);
	set(e, "style", "dashed");
	set(e, "color", VERMILLION);
	set(e, "fontcolor", VERMILLION);
	set(e, "penwidth", "2");
	set(e, "constraint", "false");
	if (f->nchain == 1)
		loop_below(e);
	set_id(d, e, "irq", f->id);
	g_free(text);
}

/* A class held and taken again, when no dependency of the class to itself is stored. */
static void add_self(struct dot *d, const struct sd_finding *f)
{
	Agnode_t *n = class_node(d, f->chain[0]);
	Agedge_t *e;

	for (size_t i = 0; i < d->p->r->ndep; i++)
		if (d->p->dep[i] && d->p->r->deps[i].from == f->chain[0] && d->p->r->deps[i].to == f->chain[0])
			return;
	e = agedge(d->g, n, n, NULL, 1);
	set(e, "label", "taken again\\nwhile held");
	loop_below(e);
	set(e, "color", VERMILLION);
	set(e, "penwidth", "3");
	set_id(d, e, "self", f->id);
}

/* Where else the lock is taken so: the last line of each way. */
static void append_other_users(GString *s, const struct sd_finding *f)
{
	for (size_t i = 0; i < f->nwit; i++) {
		const struct sd_witness *w = f->wit[i];

		if (!sd_is_other_user(w))
			continue;
		append_escaped(s, "%s  %s  %s:%d", w->role, w->steps[0].function, w->steps[0].file, w->steps[0].line);
		g_string_append(s, LEFT);
	}
}

/* @f: its other users of the lock are named, too; or NULL. */
static void add_note(struct dot *d, const struct sd_witness *w, const struct sd_finding *f, uint32_t class, const char *name)
{
	Agnode_t *n;
	Agedge_t *e;
	char *edge_id;
	GString *s;

	if (!w || !w->nsteps)
		return;
	s = g_string_new(NULL);
	append_escaped(s, "%s", w->role);
	g_string_append(s, LEFT);
	if (*w->entry) {
		append_wrapped(s, w->entry, NOTE_WRAP, LEFT);
		g_string_append(s, LEFT);
	}
	for (size_t i = w->nsteps; i-- > 0; ) {
		append_escaped(s, "%s  %s:%d", w->steps[i].function, w->steps[i].file, w->steps[i].line);
		g_string_append(s, LEFT);
	}
	if (f)
		append_other_users(s, f);
	n = agnode(d->g, (char *)name, 1);
	set_html(d, n, "label", s);
	set_id(d, n, name, class);
	set(n, "shape", "note");
	set(n, "fillcolor", "#F7F7F7");
	set(n, "fontsize", "10");
	e = agedge(d->g, n, class_node(d, class), NULL, 1);
	edge_id = g_strdup_printf("%s_edge", name);
	set_id(d, e, edge_id, class);
	g_free(edge_id);
	set(e, "style", "dotted");
	set(e, "arrowhead", "none");
	g_string_free(s, TRUE);
}

static void add_finding(struct dot *d, const struct sd_finding *f)
{
	bool irq = f->kind == SD_K_IRQ_INVERSION || f->kind == SD_K_INCONSISTENT;

	if (!f->nchain)
		return;
	if (irq)
		add_interrupt(d, f);
	else if (f->kind == SD_K_RECURSIVE && f->nchain == 1)
		add_self(d, f);
	if (!irq || !d->p->notes)
		return;
	add_note(d, sd_safe_witness(d->p->r, f), NULL, f->chain[0], "note_safe");
	add_note(d, sd_unsafe_witness(d->p->r, f), f, f->chain[f->nchain - 1], "note_unsafe");
}

/* --- legend: only what the picture uses, one under the other --- */

static Agnode_t *legend_node(struct dot *d, Agraph_t *box, unsigned i, Agnode_t *above)
{
	char name[16];
	Agnode_t *n;
	Agedge_t *e;

	g_snprintf(name, sizeof(name), "legend%u", i);
	n = agnode(box, name, 1);
	set_id(d, n, "legend", i);
	set(n, "fontsize", "10");
	set(n, "margin", "0.06,0.03");
	if (above && !d->crowded) {     /* left to right, nodes without edges stand in a column anyway */
		e = agedge(d->g, above, n, NULL, 1);
		set_id(d, e, "below", i);
		set(e, "style", "invis");
		set(e, "weight", "100");
	}
	return n;
}

static void add_legend(struct dot *d)
{
	bool used[NLOOK] = { false };
	Agraph_t *box = agsubg(d->g, (char *)"cluster_legend", 1);
	Agnode_t *last = NULL;

	set(box, "label", "legend");
	set_id(d, box, "legendbox", 0);
	set(box, "color", GREY);
	set(box, "fontsize", "10");
	for (size_t i = 0; i < d->p->r->nclass; i++)
		if (d->p->class[i])
			used[look_of(&d->p->r->classes[i])] = true;
	for (unsigned i = 0; i < NLOOK; i++) {
		if (!used[i])
			continue;
		last = legend_node(d, box, i, last);
		set(last, "label", looks[i].words);
		set_look(last, (enum look)i);
	}
	last = legend_node(d, box, NLOOK, last);
	set(last, "shape", "plaintext");
	set(last, "label", "A -> B: B is taken while A is held\\n"
	    "first letter: A held by Reader or Exclusively\\nsecond: B taken as Recursive reader or Not");
	set(last, "fillcolor", "#FFFFFF");
}

/* --- classes without a dependency: rows, or they would make one long column --- */

#define ROW 5

static bool *in_some_dep(const struct sd_picture *p)
{
	bool *linked = g_new0(bool, p->r->nclass + 1);

	for (size_t i = 0; i < p->r->ndep; i++)
		if (p->dep[i])
			linked[p->r->deps[i].from] = linked[p->r->deps[i].to] = true;
	return linked;
}

static void add_rows(struct dot *d)
{
	bool *linked = in_some_dep(d->p);
	Agnode_t *last = NULL;
	size_t n = 0;

	for (uint32_t i = 0; d->crowded && i < d->p->r->nclass; i++) {
		Agnode_t *node;
		Agedge_t *e;

		if (!d->p->class[i] || linked[i])
			continue;
		node = class_node(d, i);
		if (n++ % ROW) {
			e = agedge(d->g, last, node, NULL, 1);
			set(e, "style", "invis");
			set_id(d, e, "row", n);
		}
		last = node;
	}
	g_free(linked);
}

/* --- the whole --- */

static size_t count_marked(const uint8_t *m, size_t n)
{
	size_t count = 0;

	for (size_t i = 0; i < n; i++)
		count += m[i] != SD_M_OUT;
	return count;
}

static void set_defaults(struct dot *d)
{
	static const struct { int kind; const char *key, *value; } defaults[] = {
		{ AGRAPH, "fontname", "DejaVu Sans" },
		{ AGRAPH, "bgcolor", "white" },
		{ AGNODE, "fontname", "DejaVu Sans" },
		{ AGNODE, "fontsize", "12" },
		{ AGNODE, "style", "filled" },
		{ AGNODE, "margin", "0.12,0.06" },
		{ AGEDGE, "fontname", "DejaVu Sans" },
		{ AGEDGE, "fontsize", "10" },
		{ AGEDGE, "color", GREY },
	};

	for (size_t i = 0; i < G_N_ELEMENTS(defaults); i++)
		agattr(d->g, defaults[i].kind, (char *)defaults[i].key, (char *)defaults[i].value);
	agattr(d->g, AGRAPH, (char *)"rankdir", (char *)(d->crowded ? "LR" : "TB"));
	agattr(d->g, AGRAPH, (char *)"nodesep", (char *)(d->crowded ? "0.2" : "0.5"));
	agattr(d->g, AGRAPH, (char *)"ranksep", (char *)(d->crowded ? "0.4" : "0.5"));
	agattr(d->g, AGRAPH, (char *)"id", (char *)d->p->id);
}

/* Programs, not files, tell dot what to draw: in order of ids, so the same input gives the same bytes. */
static Agraph_t *build(const struct sd_picture *p)
{
	struct dot d = { .p = p, .crowded = count_marked(p->class, p->r->nclass) >= CROWD };

	agseterr(AGERR);
	d.g = agopen((char *)"locks", Agdirected, NULL);
	set_defaults(&d);
	for (uint32_t i = 0; i < p->r->nclass; i++)
		if (p->class[i])
			add_class(&d, i);
	for (size_t i = 0; i < p->r->ndep; i++)
		if (p->dep[i])
			add_dep(&d, i);
	for (guint i = 0; i < p->findings->len; i++)
		add_finding(&d, p->findings->pdata[i]);
	add_rows(&d);
	add_legend(&d);
	return d.g;
}

/*
 * One context for the whole run: Graphviz' pango plugin remembers the last font by an address
 * inside the context, so drawing with a second one reads freed memory (seen in 2.43 with ASan).
 */
static GVC_t *context(void)
{
	static GVC_t *gvc;

	if (!gvc)
		gvc = gvContext();
	return gvc;
}

static int render(Agraph_t *g, const char *format, FILE *out, char **err)
{
	GVC_t *gvc = context();
	char *data = NULL;
	unsigned len = 0;
	int rc = -1;

	if (gvLayout(gvc, g, "dot")) {
		*err = g_strdup("Graphviz could not lay out the graph");
	} else {
		rc = gvRenderData(gvc, g, format, &data, &len);
		if (rc || !data)
			*err = g_strdup_printf("this Graphviz cannot draw %s", format);
		else if (fwrite(data, 1, len, out) != len)
			rc = -1, *err = g_strdup("cannot write the picture");
		gvFreeRenderData(data);
		gvFreeLayout(gvc, g);
	}
	return rc ? -1 : 0;
}

int sd_picture_draw(const struct sd_picture *p, const char *format, FILE *out, char **err)
{
	Agraph_t *g;
	int rc = 0;

	if (strcmp(format, "dot") && strcmp(format, "svg") && strcmp(format, "png")) {
		*err = g_strdup_printf("no picture format '%s'; dot, svg and png are known", format);
		return -1;
	}
	g = build(p);
	if (!strcmp(format, "dot"))
		rc = agwrite(g, out) ? -1 : 0;
	else
		rc = render(g, format, out, err);
	agclose(g);
	if (!rc && sd_flush(out))
		rc = -1;
	if (rc && !*err)
		*err = g_strdup("cannot write the graph");
	return rc;
}

int sd_draw(const struct sd_results *r, const struct sd_graph_opts *o, FILE *out, char **err)
{
	struct sd_picture p;
	size_t n;
	int rc;

	*err = NULL;
	sd_picture_init(&p, r);
	rc = sd_picture_select(&p, o, err);
	n = count_marked(p.class, r->nclass);
	if (!rc && n > TOO_MANY)
		sd_warn("%zu lock classes in one picture; --from, --to or --path with a smaller part reads better", n);
	if (!rc)
		rc = sd_picture_draw(&p, o->format ? o->format : "dot", out, err);
	sd_picture_clear(&p);
	return rc;
}

/* `check --format dot`: the chains of every finding shown, in one graph. */
static int dot_write(const struct sd_results *r, const struct sd_report_opts *o, FILE *out)
{
	struct sd_picture p;
	char *err = NULL;
	int rc;

	sd_picture_init(&p, r);
	for (size_t i = 0; i < r->nfinding; i++)
		if (sd_shown(o, &r->findings[i]))
			sd_picture_finding(&p, &r->findings[i]);
	rc = sd_picture_draw(&p, "dot", out, &err);
	g_free(err);
	sd_picture_clear(&p);
	return rc;
}

const struct sd_report sd_report_dot = { "dot", dot_write };
