/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/spinlock.h>
#include "queue.h"

static DEFINE_SPINLOCK(maps);

static void *sg_vaddr(struct queue *q)
{
	spin_lock(&maps);
	q->memory = 0;
	spin_unlock(&maps);
	return q->memory;
}

const struct mem_ops sg_ops = { .vaddr = sg_vaddr };
