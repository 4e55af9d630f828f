/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The twin: it is given back in the first case only. */
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct queue { spinlock_t lock; int n; };
struct node { struct queue queue; };
struct group { struct queue queue; };
struct control { struct node *node; struct group *group; };
extern struct control *control_of(int n);
extern int next(int n);

SYSCALL_DEFINE1(split, int, n)
{
	struct control *c = control_of(n);
	struct queue *q = &c->node->queue;
	unsigned long flags;

	if (c->group)
		q = &c->group->queue;
	spin_lock_irqsave(&q->lock, flags);
	while (next(q->n))
		q->n--;
	if (!c->group)
	spin_unlock_irqrestore(&q->lock, flags);
	might_sleep();
	return 0;
}
