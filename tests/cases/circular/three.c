/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Three functions, three locks, one circle. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);
static DEFINE_MUTEX(c);

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
	mutex_lock(&b);
	mutex_lock(&c);
	mutex_unlock(&c);
	mutex_unlock(&b);
	return 0;
}

SYSCALL_DEFINE0(three)
{
	mutex_lock(&c);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&c);
	return 0;
}
