/* SPDX-License-Identifier: GPL-2.0-or-later */
/* lock_it() returns with the lock held, unlock_it() without. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void lock_it(void)
{
	spin_lock(&a);
}

static void unlock_it(void)
{
	spin_unlock(&a);
}

SYSCALL_DEFINE0(one)
{
	lock_it();
	unlock_it();
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
