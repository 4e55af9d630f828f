/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flag chosen by a helper that asks for the context: the place that holds the lock knows what it answers. */
#include <linux/init.h>
#include <linux/preempt.h>
#include <linux/spinlock.h>

extern void schedule(void);

static DEFINE_SPINLOCK(s);

static inline unsigned int any(void)
{
	return in_softirq() ? 1 : 2;
}

static void get(unsigned int how)
{
	if (how & 2)
		schedule();
}

static int __init setup(void)
{
	spin_lock_bh(&s);
	get(any());
	spin_unlock_bh(&s);
	return 0;
}
module_init(setup);
