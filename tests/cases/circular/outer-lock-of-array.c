/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two elements of one array are two locks: an outer one does not keep the two orders apart. */
#include <linux/init.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static spinlock_t hash[16];
static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static int __init start(void)
{
	for (int i = 0; i < 16; i++)
		spin_lock_init(&hash[i]);
	return 0;
}
module_init(start);

SYSCALL_DEFINE1(one, int, i)
{
	spin_lock(&hash[i]);
	spin_lock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	spin_unlock(&a);
	spin_unlock(&hash[i]);
	return 0;
}

SYSCALL_DEFINE1(two, int, i)
{
	spin_lock(&hash[i]);
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	spin_unlock(&hash[i]);
	return 0;
}
