/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "queue.h"

static void *contig_vaddr(struct queue *q)
{
	return q->memory;
}

const struct mem_ops contig_ops = { .vaddr = contig_vaddr };
