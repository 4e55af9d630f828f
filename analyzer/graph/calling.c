/* SPDX-License-Identifier: GPL-2.0-or-later */
/* calling.c - which instances call an instance, for what goes up the calls: each once, ascending. */
#include <string.h>
#include "model.h"

static uint32_t callee_at(const struct inst *in, guint k)
{
	return g_array_index(in->calls, struct rec_call, k).callee;
}

struct calling find_calling(const struct prog *p)
{
	uint32_t n = p->insts->len, *last = g_new(uint32_t, n + 1);
	struct calling c = { g_new0(uint32_t, n + 3), NULL };

	memset(last, 0xff, (n + 1) * sizeof(*last));
	for (unsigned fill = 0; fill < 2; fill++) {     /* counted first */
		for (uint32_t i = 0; i < n; i++)
			for (guint k = 0; k < inst_at(p, i)->calls->len; k++) {
				uint32_t to = callee_at(inst_at(p, i), k);

				if (last[to] == i)
					continue;
				last[to] = i;
				if (fill)
					c.who[c.first[to + 1]++] = i;
				else
					c.first[to + 2]++;
			}
		if (fill)
			break;
		for (uint32_t i = 0; i < n; i++)
			c.first[i + 2] += c.first[i + 1];
		c.who = g_new(uint32_t, c.first[n + 1] + 1);
		memset(last, 0xff, (n + 1) * sizeof(*last));
	}
	g_free(last);
	return c;
}

void free_calling(struct calling *c)
{
	g_free(c->first), g_free(c->who);
}
