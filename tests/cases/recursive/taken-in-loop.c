/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The one statement that takes it again would hang in its second round: rather some release is not seen. */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(a);
int next(void);

SYSCALL_DEFINE0(one)
{
	while (next())
		mutex_lock(&a);
	mutex_unlock(&a);
	return 0;
}
