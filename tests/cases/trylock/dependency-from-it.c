/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is taken under a trylocked lock depends on it: abba with spin_trylock() on the outer side. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE0(one)
{
	if (!spin_trylock(&a))
		return -EBUSY;
	spin_lock(&b);
	spin_unlock(&b);
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
