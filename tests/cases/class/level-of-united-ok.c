/* SPDX-License-Identifier: GPL-2.0-or-later */
/* No level: one name. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct queue { spinlock_t lock; };
static struct queue queues[4];

SYSCALL_DEFINE1(both, struct queue *, q)
{
	spin_lock(&q->lock);

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
