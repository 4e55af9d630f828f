/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two ways out, each with its unlock. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static int half(int x)
{
	spin_lock(&a);
	if (x) {
		spin_unlock(&a);
		return 1;
	}
	spin_unlock(&a);
	return 0;
}

SYSCALL_DEFINE1(use, int, x)
{
	half(x);
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}
