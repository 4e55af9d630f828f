/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The same condition around lock and unlock: held between them, and only then. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE1(use, int, x)
{
	if (x)
		spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	if (x)
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
