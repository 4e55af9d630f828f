/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * once.c - bytes that are kept once, for as long as the program.
 *
 * Instances of one function mostly end alike, hold the same locks and hand down the same arguments; of what they leave behind equal
 * parts are one.  Found by open addressing; pointers tell nothing of the order in which they were kept.
 */
#include <xxhash.h>
#include "model.h"

struct once_slot { uint64_t hash; const void *data; size_t size; };

static void grow(struct prog *p)
{
	struct once_slot *old = p->once;
	uint32_t slots = p->once_slots;

	p->once_slots = slots ? slots * 2 : 1u << 12;
	p->once = g_new0(struct once_slot, p->once_slots);
	for (uint32_t i = 0; i < slots; i++) {
		uint32_t at = (uint32_t)old[i].hash & (p->once_slots - 1);

		if (!old[i].data)
			continue;
		while (p->once[at].data)
			at = (at + 1) & (p->once_slots - 1);
		p->once[at] = old[i];
	}
	g_free(old);
}

const void *keep_once(struct prog *p, const void *data, size_t size)
{
	uint64_t hash;
	uint32_t at;
	void *mine;

	if (!size)
		return "";
	hash = XXH64(data, size, 0);
	if (p->nonce * 2 >= p->once_slots)
		grow(p);
	for (at = (uint32_t)hash & (p->once_slots - 1); p->once[at].data; at = (at + 1) & (p->once_slots - 1))
		if (p->once[at].hash == hash && p->once[at].size == size && !memcmp(p->once[at].data, data, size))
			return p->once[at].data;
	mine = sd_arena_alloc(p->recorded, size);
	memcpy(mine, data, size);
	p->once[at] = (struct once_slot){ hash, mine, size };
	p->nonce++;
	return mine;
}

GArray *keep_array(struct prog *p, GArray *a, size_t size)
{
	GArray *out = p->no_records;

	if (a->len) {
		out = sd_arena_alloc(p->recorded, sizeof(*out));
		out->data = (gchar *)(uintptr_t)keep_once(p, a->data, a->len * size);
		out->len = a->len;
	}
	return out;
}

void forget_once(struct prog *p)
{
	g_clear_pointer(&p->once, g_free);
	p->once_slots = p->nonce = 0;
}
