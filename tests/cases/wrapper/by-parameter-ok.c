/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_it() takes the lock that it is given, at each call another. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void lock_it(spinlock_t *l)
{
	spin_lock(l);
}

static void unlock_it(spinlock_t *l)
{
	spin_unlock(l);
}

SYSCALL_DEFINE0(one)
{
	lock_it(&a);
	unlock_it(&a);
	lock_it(&b);
	unlock_it(&b);
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
