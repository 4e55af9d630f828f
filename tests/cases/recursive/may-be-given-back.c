/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A transaction's end gives its items back through their operations: of several kinds one gives back the lock that the item's holder took.
 * Whether it is still held afterwards is not known, so that it is taken again is doubtful.
 */
#include <linux/mutex.h>
#include <linux/syscalls.h>

struct item { const struct item_ops *ops; };
struct item_ops { void (*done)(struct item *i); };
struct quota { struct mutex lock; struct item item; int n; };
struct plain { struct item item; int n; };
struct trans { struct item *first; };

static void quota_done(struct item *i)
{
	struct quota *q = container_of(i, struct quota, item);

	mutex_unlock(&q->lock);
}

static void plain_done(struct item *i)
{
	container_of(i, struct plain, item)->n++;
}

static const struct item_ops quota_ops = { .done = quota_done };
static const struct item_ops plain_ops = { .done = plain_done };

extern struct quota *quota_of(int n);
extern struct plain *plain_of(int n);
extern struct trans *new_trans(void);

SYSCALL_DEFINE1(start, int, n)
{
	mutex_init(&quota_of(n)->lock);
	quota_of(n)->item.ops = &quota_ops;
	plain_of(n)->item.ops = &plain_ops;
	return 0;
}

static void commit(struct trans *t)
{
	t->first->ops->done(t->first);
}

SYSCALL_DEFINE1(set, int, n)
{
	struct quota *q = quota_of(n);
	struct trans *t = new_trans();

	mutex_lock(&q->lock);
	t->first = &q->item;
	q->n = n;
	commit(t);
	mutex_lock(&q->lock);
	q->n++;
	mutex_unlock(&q->lock);
	return 0;
}
