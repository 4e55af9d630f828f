/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "sleeping function called from invalid context". */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

SYSCALL_DEFINE0(use)
{
	spin_lock(&a);
	spin_unlock(&a);
	might_sleep();
	return 0;
}
