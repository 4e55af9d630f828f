/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The queue that move() returns is one of the variable's elements: releasing its lock leaves nothing held. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct queue { spinlock_t lock; int len; };
static struct queue queues[4];

static spinlock_t *lock_of(struct queue *q)
{
	return &q->lock;
}

static void unlock_queue(struct queue *q)
{
	spin_unlock(lock_of(q));
}

static struct queue *move(struct queue *q, int to)
{
	unlock_queue(q);
	q = &queues[to];
	spin_lock(&q->lock);
	return q;
}

static int __init set_up(void)
{
	spin_lock_init(&queues[0].lock);
	return 0;
}

SYSCALL_DEFINE1(one, int, n)
{
	struct queue *q = &queues[n];

	spin_lock(&q->lock);
	if (q->len)
		q = move(q, 2);
	unlock_queue(q);
	might_sleep();
	return set_up();
}
