/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "sleeping function called from invalid context". */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

SYSCALL_DEFINE0(use)
{
	spin_lock(&a);
	might_sleep();
	spin_unlock(&a);
	return 0;
}
