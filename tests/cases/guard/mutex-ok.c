/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A class that is a plain pointer: guard(mutex) and scoped_guard(mutex). */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(a);
static DEFINE_MUTEX(b);

SYSCALL_DEFINE0(one)
{
	guard(mutex)(&a);
	mutex_lock(&b);
	mutex_unlock(&b);
	return 0;
}

SYSCALL_DEFINE0(two)
{
	scoped_guard(mutex, &b) {
		barrier();
	}
	mutex_lock(&a);
	mutex_unlock(&a);
	return 0;
}
