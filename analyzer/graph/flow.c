/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * flow.c - which blocks of a function lead to which, without going round a loop.
 *
 * Blocks are in reverse postorder, so such ways only go on.
 */
#include "model.h"

uint32_t block_of(const struct sd_fn *ir, uint32_t ev)
{
	uint32_t b = 0;

	while (b + 1 < ir->nblocks && !(ev >= ir->blocks[b].ev0 && ev < ir->blocks[b].ev0 + ir->blocks[b].nev))
		b++;
	return b;
}

bool *led_to(const struct sd_fn *ir, uint32_t from, uint32_t b, unsigned side)
{
	bool *met = g_new0(bool, ir->nblocks + 1);

	met[from] = true;
	for (uint32_t k = from; k < ir->nblocks; k++)
		for (uint32_t i = 0; met[k] && i < ir->blocks[k].nsucc; i++) {
			uint32_t next = ir->succs[ir->blocks[k].succ0 + i].block;

			if (next > k && !(k == b && i == side))
				met[next] = true;
		}
	return met;
}
