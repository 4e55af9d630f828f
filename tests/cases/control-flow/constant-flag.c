/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The flag is a constant at each call: a is taken for one of them only. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void work(bool lock)
{
	if (lock)
		spin_lock(&a);
	barrier();
	if (lock)
		spin_unlock(&a);
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&b);
	work(true);
	spin_unlock(&b);
	return 0;
}

SYSCALL_DEFINE0(three)
{
	work(true);
	return 0;
}
