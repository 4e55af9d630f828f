/* SPDX-License-Identifier: GPL-2.0-or-later */
/* get_it() returns a pointer with the lock held, or NULL without. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);
static int *object;

static int *get_it(int x)
{
	spin_lock(&a);
	if (x && object)
		return object;
	spin_unlock(&a);
	return NULL;
}

SYSCALL_DEFINE1(one, int, x)
{
	int *o = get_it(x);

	if (o) {
		spin_unlock(&a);
		return -EBUSY;
	}
	spin_lock(&b);
	spin_unlock(&b);
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
