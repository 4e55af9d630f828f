/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * What is done once, and notes in a variable that it was: whether the one who calls it with the lock held is the first is not known
 * (the boot code called it long before), so that it takes the lock again is of medium rank.
 */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(list_lock);
static bool registered;
static int clocks;

static void register_clock(void)
{
	mutex_lock(&list_lock);
	clocks++;
	mutex_unlock(&list_lock);
}

static int default_clock(void)
{
	if (!registered) {
		register_clock();
		registered = true;
	}
	return clocks;
}

SYSCALL_DEFINE1(select, int, n)
{
	mutex_lock(&list_lock);
	clocks = default_clock() + n;
	mutex_unlock(&list_lock);
	return 0;
}
