/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A flags word that is masked or extended with something unknown still lacks the bit that the caller did not give. */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

#define MAY_SLEEP 4u
#define EMERGENCY 16u
static DEFINE_SPINLOCK(a);
static unsigned int allowed;
static int low;

static bool blocks(unsigned int flags)
{
	return !!(flags & MAY_SLEEP);
}

static void get(unsigned int flags)
{
	if (low)
		flags |= EMERGENCY;
	flags &= allowed;
	if (blocks(flags))
		might_sleep();
}

SYSCALL_DEFINE1(set, unsigned int, flags)
{
	allowed = flags;
	low = flags != 0;
	return 0;
}

SYSCALL_DEFINE0(one)
{
	get(MAY_SLEEP | 1);
	spin_lock(&a);
	get(3);
	spin_unlock(&a);
	return 0;
}
