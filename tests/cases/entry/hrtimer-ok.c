/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An hrtimer runs in hardirq unless its mode says soft. */
#include <linux/hrtimer.h>
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);

static enum hrtimer_restart expire(struct hrtimer *t)
{
	spin_lock(&a);
	spin_unlock(&a);
	return HRTIMER_NORESTART;
}
static struct hrtimer timer;

SYSCALL_DEFINE0(plain)
{
	spin_lock_irq(&a);
	spin_unlock_irq(&a);
	return 0;
}

static int __init setup(void)
{
	hrtimer_init(&timer, CLOCK_MONOTONIC, HRTIMER_MODE_REL);
	timer.function = expire;
	return 0;
}
module_init(setup);
