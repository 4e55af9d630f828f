/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Preemption is on where it is tested: that says nothing of what is taken afterwards. */
#include <linux/preempt.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void wait(void)
{
	might_sleep();
}

SYSCALL_DEFINE0(use)
{
	if (preempt_count() != 0)
		return 0;
	spin_lock(&a);
	wait();
	spin_unlock(&a);
	return 0;
}
