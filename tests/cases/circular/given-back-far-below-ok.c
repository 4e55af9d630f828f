/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * give() may reach far() again, and far() comes to give() five calls below: while the outer give() is not done, nothing is known of
 * what it gives back.  Far's callers do not hold the lock after it.
 */
#include <linux/mutex.h>
#include <linux/syscalls.h>

static DEFINE_MUTEX(big);
static DEFINE_MUTEX(other);
static void (*hook)(void);
static int todo;

static void take(void)
{
	mutex_lock(&big);
}

static void give(void)
{
	mutex_unlock(&big);
	if (todo) {
		hook();
		mutex_lock(&big);
		todo--;
		mutex_unlock(&big);
	}
}

static void leaf(void)
{
	take();
	give();
}

static void one_up(void)
{
	leaf();
}

static void two_up(void)
{
	one_up();
}

static void three_up(void)
{
	two_up();
}

static void far(void)
{
	three_up();
}

SYSCALL_DEFINE0(all)
{
	mutex_lock(&other);
	take();
	give();
	mutex_unlock(&other);
	return 0;
}

SYSCALL_DEFINE0(first)
{
	hook = far;
	far();
	mutex_lock(&other);
	mutex_unlock(&other);
	return 0;
}
