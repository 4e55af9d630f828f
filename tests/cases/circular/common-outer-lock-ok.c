/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Both orders, always under one outer lock: no two CPUs get there at once, so not above rank low. */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(outer);
static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

SYSCALL_DEFINE0(one)
{
	mutex_lock(&outer);
	mutex_lock(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	mutex_unlock(&a);
	mutex_unlock(&outer);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	mutex_lock(&outer);
	mutex_lock(&b);
	mutex_lock(&a);
	mutex_unlock(&a);
	mutex_unlock(&b);
	mutex_unlock(&outer);
	return 0;
}
