/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The callee drops the caller's lock around its own. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void refill(void)
{
	spin_unlock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_lock(&a);
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	refill();
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
