/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rules/entries.rules: reclaim is entered by itself (`self dispatch`), so what its callers hold is not held there. */
#include <linux/init.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(outer);
static DEFINE_SPINLOCK(inner);

static noinline void try_to_free_pages(void)
{
	spin_lock(&inner);
	spin_unlock(&inner);
}

static int __init setup(void)
{
	spin_lock_irq(&outer);
	try_to_free_pages();
	spin_unlock_irq(&outer);
	return 0;
}
module_init(setup);
