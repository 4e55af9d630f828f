/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The caller already holds it. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void inner(void)
{
	spin_lock(&a);
	spin_unlock(&a);
}

SYSCALL_DEFINE0(outer)
{
	spin_lock(&a);
	inner();
	spin_unlock(&a);
	return 0;
}
