/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The condition is a member that nobody writes in between. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

struct dev {
	unsigned int flags;
};
static struct dev dev;
static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE1(use, int, x)
{
	if (dev.flags & 4)
		spin_lock(&a);
	x++;
	if (dev.flags & 4)
		spin_unlock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	return x;
}
