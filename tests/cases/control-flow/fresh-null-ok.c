/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was zeroed when it was made, and is not set on this way, is still NULL: nothing is there to be destroyed. */
#include <linux/kernel.h>
#include <linux/list.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct queue { int n; };
struct crypto { struct queue *queue; void *stats; struct list_head list; spinlock_t lock; };
static DEFINE_SPINLOCK(nodes);
extern struct queue *make_queue(void);
extern void *make_stats(void);
extern void keep(struct crypto *c);

static void destroy_queue(struct queue *q)
{
	might_sleep();
	q->n = 0;
}

static void make_empty(struct list_head *l)
{
	l->next = l;
	l->prev = l;
}

static int start(void *node)
{
	struct crypto *c = kzalloc(sizeof(*c), GFP_ATOMIC);

	if (!c)
		return -1;
	spin_lock_init(&c->lock);
	make_empty(&c->list);
	if (!node)
		c->queue = make_queue();
	c->stats = make_stats();
	if (!c->stats) {
		if (c->queue)
			destroy_queue(c->queue);
		return -1;
	}
	keep(c);
	return 0;
}

SYSCALL_DEFINE1(one, int, n)
{
	int ret;

	spin_lock(&nodes);
	ret = start(&n);
	spin_unlock(&nodes);
	return ret;
}

SYSCALL_DEFINE0(two)
{
	return start(0);
}
