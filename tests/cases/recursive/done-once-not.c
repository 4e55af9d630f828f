/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The twin: the variable is set elsewhere, by who turns it on or off. The one who calls does not know, and no call is the last to do it,
 * so this may happen at any time.
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
	if (!registered)
		register_clock();
	return clocks;
}

SYSCALL_DEFINE1(enable, int, n)
{
	registered = true;
	return 0;
}

SYSCALL_DEFINE1(select, int, n)
{
	mutex_lock(&list_lock);
	clocks = default_clock() + n;
	mutex_unlock(&list_lock);
	return 0;
}
