/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * select.c - what goes into a picture: a finding, a neighbourhood, the paths between two
 * classes, or all that the files below a path take.
 */
#include <string.h>
#include "classref.h"
#include "draw.h"

#define FAR UINT32_MAX

void sd_picture_init(struct sd_picture *p, const struct sd_results *r)
{
	*p = (struct sd_picture){
		.r = r,
		.class = g_new0(uint8_t, r->nclass + 1),
		.dep = g_new0(uint8_t, r->ndep + 1),
		.findings = g_ptr_array_new(),
		.id = "g",
	};
}

void sd_picture_clear(struct sd_picture *p)
{
	g_free(p->class);
	g_free(p->dep);
	g_ptr_array_free(p->findings, TRUE);
}

static void mark(uint8_t *m, enum sd_mark what)
{
	*m = MAX(*m, (uint8_t)what);
}

void sd_picture_finding(struct sd_picture *p, const struct sd_finding *f)
{
	size_t ndeps = !f->deps ? 0 : f->kind == SD_K_CIRCULAR ? f->nchain : f->nchain - 1;

	for (size_t i = 0; i < f->nchain; i++)
		mark(&p->class[f->chain[i]], SD_M_PATH);
	for (size_t i = 0; i < ndeps; i++)
		mark(&p->dep[f->deps[i]], SD_M_PATH);
	g_ptr_array_add(p->findings, (void *)f);
}

/* Every dependency between two classes that are drawn. */
static void add_inner_deps(struct sd_picture *p)
{
	for (size_t i = 0; i < p->r->ndep; i++)
		if (p->class[p->r->deps[i].from] && p->class[p->r->deps[i].to])
			mark(&p->dep[i], SD_M_IN);
}

static int select_finding(struct sd_picture *p, unsigned id, char **err)
{
	for (size_t i = 0; i < p->r->nfinding; i++) {
		const struct sd_finding *f = &p->r->findings[i];

		if (f->id != id)
			continue;
		if (!f->nchain) {
			*err = g_strdup_printf("finding %u has no lock chain to draw", id);
			return -1;
		}
		sd_picture_finding(p, f);
		p->notes = true;
		return 0;
	}
	*err = g_strdup_printf("no finding %u; there are %zu", id, p->r->nfinding);
	return -1;
}

/* The class, what it is taken under, what is taken under it. */
static int select_around(struct sd_picture *p, uint32_t id)
{
	p->class[id] = SD_M_PATH;
	for (size_t i = 0; i < p->r->ndep; i++) {
		const struct sd_dep *d = &p->r->deps[i];

		if (d->from == id)
			mark(&p->class[d->to], SD_M_IN);
		if (d->to == id)
			mark(&p->class[d->from], SD_M_IN);
	}
	add_inner_deps(p);
	return 0;
}

/* Indexes into r->deps by the class they leave (or enter): CSR, first[class] .. first[class + 1]. */
struct adjacency { uint32_t *first, *dep; };

static uint32_t end_of(const struct sd_dep *d, bool backward)
{
	return backward ? d->to : d->from;
}

static struct adjacency adjacency_new(const struct sd_results *r, bool backward)
{
	struct adjacency a = { g_new0(uint32_t, r->nclass + 2), g_new(uint32_t, r->ndep + 1) };

	for (size_t i = 0; i < r->ndep; i++)
		a.first[end_of(&r->deps[i], backward) + 2]++;
	for (size_t c = 2; c < r->nclass + 2; c++)
		a.first[c] += a.first[c - 1];
	for (uint32_t i = 0; i < r->ndep; i++)
		a.dep[a.first[end_of(&r->deps[i], backward) + 1]++] = i;
	return a;
}

static void adjacency_clear(struct adjacency *a)
{
	g_free(a->first);
	g_free(a->dep);
}

/* Edges from @start to every class (from every class to it: @backward); FAR where there is no path. */
static uint32_t *distances(const struct sd_results *r, uint32_t start, bool backward)
{
	struct adjacency a = adjacency_new(r, backward);
	uint32_t *dist = g_new(uint32_t, r->nclass), *queue = g_new(uint32_t, r->nclass);
	size_t head = 0, tail = 0;

	for (size_t i = 0; i < r->nclass; i++)
		dist[i] = FAR;
	dist[start] = 0;
	queue[tail++] = start;
	while (head < tail) {
		uint32_t c = queue[head++];

		for (uint32_t k = a.first[c]; k < a.first[c + 1]; k++) {
			uint32_t next = end_of(&r->deps[a.dep[k]], !backward);

			if (dist[next] != FAR)
				continue;
			dist[next] = dist[c] + 1;
			queue[tail++] = next;
		}
	}
	adjacency_clear(&a);
	g_free(queue);
	return dist;
}

/*
 * All shortest paths, strong or not: a picture shows what there is, findings judge it.
 * from == to gives the shortest circles.  A dependency u -> v lies on a shortest path when
 * (from to u) + 1 + (v to `to`) is the length of one.
 */
static int select_between(struct sd_picture *p, uint32_t from, uint32_t to, char **err)
{
	const struct sd_results *r = p->r;
	uint32_t *df = distances(r, from, false), *dt = distances(r, to, true), best = FAR;

	for (size_t i = 0; i < r->ndep; i++)
		if (r->deps[i].to == to && df[r->deps[i].from] != FAR)
			best = MIN(best, df[r->deps[i].from] + 1);
	for (size_t i = 0; i < r->ndep && best != FAR; i++) {
		const struct sd_dep *d = &r->deps[i];

		if (df[d->from] == FAR || dt[d->to] == FAR || df[d->from] + 1 + dt[d->to] != best)
			continue;
		p->dep[i] = SD_M_PATH;
		p->class[d->from] = p->class[d->to] = SD_M_PATH;
	}
	if (best == FAR)
		*err = g_strdup_printf("no dependency path from %s to %s", r->classes[from].name,
				       r->classes[to].name);
	g_free(df);
	g_free(dt);
	return best == FAR ? -1 : 0;
}

static int select_classes(struct sd_picture *p, const struct sd_graph_opts *o, char **err)
{
	uint32_t from = 0, to = 0;

	if (o->from && sd_class_ref(p->r, o->from, &from, err))
		return -1;
	if (o->to && sd_class_ref(p->r, o->to, &to, err))
		return -1;
	if (o->from && o->to)
		return select_between(p, from, to, err);
	return select_around(p, o->from ? from : to);
}

/* "sound/core" and "sound/core/" both hold sound/core/timer.c, neither sound/core_x.c. */
static bool below(const char *file, const char *path, size_t len)
{
	return !strncmp(file, path, len) && (!file[len] || file[len] == '/');
}

static int select_path(struct sd_picture *p, const char *path, char **err)
{
	const struct sd_results *r = p->r;
	size_t len = strlen(path);
	bool any = false;

	while (g_str_has_prefix(path, "./"))
		path += 2, len -= 2;
	while (len && path[len - 1] == '/')
		len--;
	for (size_t i = 0; i < r->nacquire; i++)
		if (!len || !strcmp(path, ".") || below(r->acquires[i].file, path, len))
			p->class[r->acquires[i].class] = SD_M_IN, any = true;
	for (size_t i = 0; i < r->nclass; i++)
		if (*r->classes[i].file && below(r->classes[i].file, path, len))
			p->class[i] = SD_M_IN, any = true;
	add_inner_deps(p);
	if (!any)
		*err = g_strdup_printf("no lock is taken or defined in a file below '%s'", path);
	return any ? 0 : -1;
}

static int select_all(struct sd_picture *p, char **err)
{
	for (size_t i = 0; i < p->r->ndep; i++) {
		p->dep[i] = SD_M_IN;
		p->class[p->r->deps[i].from] = p->class[p->r->deps[i].to] = SD_M_IN;
	}
	if (!p->r->ndep)
		*err = g_strdup("nothing to draw: no dependency is known");
	return p->r->ndep ? 0 : -1;
}

int sd_picture_select(struct sd_picture *p, const struct sd_graph_opts *o, char **err)
{
	if (o->finding)
		return select_finding(p, o->finding, err);
	if (o->from || o->to)
		return select_classes(p, o, err);
	if (o->path)
		return select_path(p, o->path, err);
	return select_all(p, err);
}
