/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One cleanup path: the lock is released on it however it was reached. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

SYSCALL_DEFINE1(use, int, x)
{
	int ret = -EINVAL;

	spin_lock(&a);
	if (x < 0)
		goto out;
	ret = 0;
out:
	spin_unlock(&a);
	spin_lock(&b);
	spin_unlock(&b);
	return ret;
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}
