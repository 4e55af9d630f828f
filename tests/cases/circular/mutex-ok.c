/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The oldest case: two functions, two orders. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

SYSCALL_DEFINE0(one)
{
	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	return 0;
}
