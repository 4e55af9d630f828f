/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Any other function is called with what its caller holds. */
#include <linux/init.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(outer);
static DEFINE_SPINLOCK(inner);

static noinline void helper(void)
{
	spin_lock(&inner);
	spin_unlock(&inner);
}

static int __init setup(void)
{
	spin_lock_irq(&outer);
	helper();
	spin_unlock_irq(&outer);
	return 0;
}
module_init(setup);
