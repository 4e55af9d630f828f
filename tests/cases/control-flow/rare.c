/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sent is what was collected before, if anything (rules: rare): a guess, so no finding over it is of high rank. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(dev);
static DEFINE_SPINLOCK(table);
static int collected;

static void gro_normal_list(int *n)
{
	if (!*n)
		return;
	spin_lock(&table);
	spin_unlock(&table);
}

SYSCALL_DEFINE0(one)
{
	spin_lock(&dev);
	gro_normal_list(&collected);
	spin_unlock(&dev);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&table);
	spin_lock(&dev);
	spin_unlock(&dev);
	spin_unlock(&table);
	return 0;
}
