/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "queue.h"

void *plane_vaddr(struct queue *q)
{
	return q->ops->vaddr(q);
}
