/* SPDX-License-Identifier: GPL-2.0-or-later */
/* drivers/gpu/drm/i915/gt/uc/intel_guc.h, intel_guc_send_busy_loop(): a spinning lock that is held counts, so preemption is off. */
#include <linux/preempt.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static void wait(void)
{
	might_sleep();
}

static void poll(void)
{
	int may_wait = !(preempt_count() != 0);

	if (may_wait)
		wait();
}

SYSCALL_DEFINE0(use)
{
	poll();
	spin_lock(&a);
	poll();
	spin_unlock(&a);
	return 0;
}
