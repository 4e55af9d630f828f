/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "lock held when returning to user space". */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

SYSCALL_DEFINE1(leak, int, x)
{
	spin_lock(&a);
	if (x)
		return -EINVAL;
	spin_unlock(&a);
	return 0;
}
