/* SPDX-License-Identifier: GPL-2.0-or-later */
/* block/blk-core.c, blk_alloc_queue() of 6.12: a key of its own in each object, but both locks are the object's: high. */
#include <linux/lockdep.h>
#include <linux/mutex.h>
#include <linux/slab.h>
#include <linux/syscalls.h>

struct queue {
	struct mutex frozen;
	struct lock_class_key key;
	struct mutex limits;
};

static struct queue *make(void)
{
	struct queue *q = kzalloc(sizeof(*q), 0);

	__mutex_init(&q->frozen, "&q->frozen", &q->key);
	mutex_init(&q->limits);
	return q;
}

SYSCALL_DEFINE1(add, struct queue *, q)
{
	make();
	mutex_lock(&q->frozen);
	mutex_lock(&q->limits);
	mutex_unlock(&q->limits);
	mutex_unlock(&q->frozen);
	return 0;
}

SYSCALL_DEFINE1(walk, struct queue *, q)
{
	mutex_lock(&q->limits);
	mutex_lock(&q->frozen);
	mutex_unlock(&q->frozen);
	mutex_unlock(&q->limits);
	return 0;
}
