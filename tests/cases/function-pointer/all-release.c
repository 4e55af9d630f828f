/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Only one of the two targets gives the lock back. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct queue;
struct queue_ops { void (*wake_and_unlock)(struct queue *q); };
struct queue { spinlock_t lock; const struct queue_ops *ops; int n; };

static struct queue one, two;

static void wake_one(struct queue *q)
{
	q->n++;
	spin_unlock(&q->lock);
}

static void wake_two(struct queue *q)
{
	if (q->n)
		q->n--;
}

static const struct queue_ops one_ops = { .wake_and_unlock = wake_one };
static const struct queue_ops two_ops = { .wake_and_unlock = wake_two };

static void send(struct queue *q)
{
	spin_lock(&q->lock);
	q->ops->wake_and_unlock(q);
	might_sleep();
}

SYSCALL_DEFINE1(send, int, which)
{
	send(which ? &one : &two);
	return 0;
}

static int __init setup(void)
{
	spin_lock_init(&one.lock);
	spin_lock_init(&two.lock);
	one.ops = &one_ops;
	two.ops = &two_ops;
	return 0;
}
module_init(setup);
