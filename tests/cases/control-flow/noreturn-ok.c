/* SPDX-License-Identifier: GPL-2.0-or-later */
/* panic() does not come back with the lock held. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void check(int x)
{
	if (x) {
		spin_lock(&a);
		panic("x");
	}
}

SYSCALL_DEFINE1(use, int, x)
{
	check(x);
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}
