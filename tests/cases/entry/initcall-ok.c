/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An initcall: process context, irqs on.  Its locks may well be taken with irqs on there. */
#include <linux/init.h>
#include <linux/spinlock.h>

static DEFINE_SPINLOCK(a);

static int __init setup(void)
{
	spin_lock(&a);
	spin_unlock(&a);
	return 0;
}
module_init(setup);
