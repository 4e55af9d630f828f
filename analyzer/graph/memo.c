/* SPDX-License-Identifier: GPL-2.0-or-later */
/* memo.c - see memo.h */
#include <glib.h>
#include "memo.h"

#define FIRST_SLOTS (1u << 10)

static struct memo_slot *find(const struct memo *m, uint64_t key)
{
	uint64_t h = key * 0x9E3779B97F4A7C15u;
	uint32_t at = (uint32_t)(h >> 32) & (m->slots - 1);

	while (m->slot[at].used && m->slot[at].key != key)
		at = (at + 1) & (m->slots - 1);
	return &m->slot[at];
}

static void grow(struct memo *m)
{
	struct memo old = *m;

	m->slots = old.slots ? old.slots * 2 : FIRST_SLOTS;
	m->slot = g_new0(struct memo_slot, m->slots);
	for (uint32_t i = 0; i < old.slots; i++)
		if (old.slot[i].used)
			*find(m, old.slot[i].key) = old.slot[i];
	g_free(old.slot);
}

uint32_t *memo_at(struct memo *m, uint64_t key, bool *known)
{
	struct memo_slot *s;

	if (m->n * 2 >= m->slots)
		grow(m);
	s = find(m, key);
	*known = s->used;
	if (!s->used) {
		*s = (struct memo_slot){ key, 0, true };
		m->n++;
	}
	return &s->value;
}

void memo_free(struct memo *m)
{
	g_free(m->slot);
	*m = (struct memo){ 0 };
}
