/* SPDX-License-Identifier: GPL-2.0-or-later */
/* try_it() tells by its result whether the lock is held. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static bool try_it(void)
{
	return spin_trylock(&a);
}

SYSCALL_DEFINE0(one)
{
	if (!try_it())
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
