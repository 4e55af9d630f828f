/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Freed under the lock only when nobody else holds a reference: the caller of put() may know that somebody does. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

typedef struct { int refs; } refcount_t;
bool refcount_dec_and_test(refcount_t *r);

struct thing { refcount_t refs; };
static struct thing thing;

static void free_thing(struct thing *t)
{
	might_sleep();
}

static void put(struct thing *t)
{
	if (refcount_dec_and_test(&t->refs))
		free_thing(t);
	spin_lock(&b);
	spin_unlock(&b);
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	put(&thing);
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}
