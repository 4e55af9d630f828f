/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the flag test of a helper returns is known: these may sleep. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

#define MAY_SLEEP 4u
static DEFINE_SPINLOCK(a);

static bool blocks(unsigned int flags)
{
	return !!(flags & MAY_SLEEP);
}

static void get(unsigned int flags)
{
	if (blocks(flags))
		might_sleep();
}

SYSCALL_DEFINE0(one)
{
	get(MAY_SLEEP | 1);
	spin_lock(&a);
	get(5);
	spin_unlock(&a);
	return 0;
}
