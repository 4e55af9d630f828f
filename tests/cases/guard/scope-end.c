/* SPDX-License-Identifier: GPL-2.0-or-later */
/* guard() holds to the end of the scope, on every way out. */
#include <linux/spinlock.h>
#include <linux/syscalls.h>

static DEFINE_SPINLOCK(a);
static DEFINE_SPINLOCK(b);

static int under(int x)
{
	guard(spinlock)(&a);
	if (x)
		return -EINVAL;
	spin_lock(&b);
	spin_unlock(&b);
	return 0;
}

SYSCALL_DEFINE1(one, int, x)
{
	return under(x);
}

SYSCALL_DEFINE0(two)
{
	spin_lock(&b);
	spin_lock(&a);
	spin_unlock(&a);
	spin_unlock(&b);
	return 0;
}
