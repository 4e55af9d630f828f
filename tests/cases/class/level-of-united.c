/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Queues of a variable are initialised through it and taken through a pointer, one of them at a level of its own. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct queue { spinlock_t lock; };
static struct queue queues[4];

SYSCALL_DEFINE1(both, struct queue *, q)
{
	spin_lock(&q->lock);
	spin_lock_nested(&(q + 1)->lock, SINGLE_DEPTH_NESTING);
	spin_unlock(&(q + 1)->lock);
	spin_unlock(&q->lock);
	return 0;
}

static int __init setup(void)
{
	for (int i = 0; i < 4; i++)
		spin_lock_init(&queues[i].lock);
	return 0;
}
module_init(setup);
