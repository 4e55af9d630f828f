/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of functions. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static void take_b(void);

static void take_b(void)
{
	spin_lock(&b);
	spin_unlock(&b);
}

static void (*const table[])(void) = { take_b };

SYSCALL_DEFINE0(one)
{
	spin_lock(&a);
	table[0]();
	spin_unlock(&a);
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
