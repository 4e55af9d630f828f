/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which lock is taken the object says: these two may be of different kinds, so it is no more than medium. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct thing {
	int sleeps;
	struct mutex mutex;
	spinlock_t lock;
};
static DEFINE_SPINLOCK(a);
static struct thing *one_thing, *other_thing;

static void lock_thing(struct thing *t)
{
	if (t->sleeps)
		mutex_lock(&t->mutex);
	else
		spin_lock(&t->lock);
}

static void unlock_thing(struct thing *t)
{
	if (t->sleeps)
		mutex_unlock(&t->mutex);
	else
		spin_unlock(&t->lock);
}

SYSCALL_DEFINE0(one)
{
	lock_thing(one_thing);
	spin_lock(&a);
	spin_unlock(&a);
	unlock_thing(one_thing);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&a);
	spin_lock(&other_thing->lock);
	spin_unlock(&other_thing->lock);
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(init)
{
	mutex_init(&one_thing->mutex);
	spin_lock_init(&one_thing->lock);
	return 0;
}
