/* SPDX-License-Identifier: GPL-2.0-or-later */
/* x && spin_trylock(): held in the true branch only. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE1(use, int, x)
{
	if (x && spin_trylock(&a))
		spin_unlock(&a);
	else {
		spin_lock(&b);
		spin_unlock(&b);
	}
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
