/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * acqset.h - what acqset.c has of group.c: the nodes that acquire the same, for they are made of the same.
 */
#ifndef SD_ACQSET_H
#define SD_ACQSET_H

#include "model.h"

/* A call to another group: there are tens of millions.  No bit is unused, for whole ones are compared. */
struct lead {
	uint32_t group;
	uint32_t held : 28;             /* row: final classes of locks that are held there and that the callee may release; else 0 */
	uint32_t cost : 2;              /* call_cost() */
	uint32_t gives_back : 1;        /* something of the callers' has been released there */
	uint32_t under : 1;             /* a lock is held that is no trylock's */
};

struct group {
	struct taken taken;             /* what its nodes acquire themselves */
	struct freed freed;             /* ... and what they release, where @releases */
	uint32_t first;                 /* of its leads; they end where the next group's begin */
	bool releases;
};

/* Callees come first: a call that costs nothing leads to a group before it.  One that costs may lead to itself. */
struct groups {
	GArray *all;                    /* struct group; one more ends the leads of the last */
	GArray *leads;                  /* sorted, each once */
};

void find_groups(struct prog *p, struct acqsets *s, struct groups *g);  /* sets acqsets.group */
void free_groups(struct groups *g);

static inline uint32_t groups_count(const struct groups *g) { return g->all->len - 1; }
static inline const struct group *group_at(const struct groups *g, uint32_t k) { return &g_array_index(g->all, struct group, k); }
static inline const struct lead *lead_at(const struct groups *g, uint32_t i) { return &g_array_index(g->leads, struct lead, i); }
bool gives_back(const struct prog *p, uint32_t relset);

#endif
