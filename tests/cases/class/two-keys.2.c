/* SPDX-License-Identifier: GPL-2.0-or-later */
#include <linux/init.h>
#include <linux/lockdep.h>
#include <linux/spinlock.h>
#include <linux/syscalls.h>
#include "two-keys.h"

static struct lock_class_key cpu_timer_key;
struct itimer *new_timer(void);

SYSCALL_DEFINE0(one)
{
	struct itimer *t = new_timer();

	spin_lock_init(&t->lock);
	lockdep_set_class(&t->lock, &cpu_timer_key);
	spin_lock(&t->lock);
	spin_unlock(&t->lock);
	return 0;
}
