/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A global function pointer. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void (*hook)(void);

static void take_b(void)
{
	spin_lock(&b);
	spin_unlock(&b);
}


SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	spin_unlock(&a);
	hook();
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}

static int __init setup(void)
{
	hook = take_b;
	return 0;
}
module_init(setup);
