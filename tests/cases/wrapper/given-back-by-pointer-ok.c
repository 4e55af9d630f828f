/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The lock is given back through a pointer that a callee stored, of which nothing is known: it is the one that is held. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>

struct table { spinlock_t lock; int n; };

static DEFINE_MUTEX(m);
extern struct table *table_of(int n);

static int follow(int n, spinlock_t **lockp)
{
	struct table *t = table_of(n);

	if (!t)
		return -1;
	spin_lock(&t->lock);
	*lockp = &t->lock;
	return 0;
}

static int __init setup(void)
{
	spinlock_t *lock;

	if (follow(1, &lock))
		return -1;
	spin_unlock(lock);
	mutex_lock(&m);
	mutex_unlock(&m);
	return 0;
}
module_init(setup);
