/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * Stopping waits for the work with the lock held, and the work, which gives it back and then settles what came up meanwhile,
 * has waited for it in the first place.
 */
#include <linux/init.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/syscalls.h>
#include <linux/workqueue.h>

static DEFINE_MUTEX(config);
static int pending;
static struct work_struct monitor;

static void settle(void)
{
	mutex_lock(&config);
	mutex_unlock(&config);
}

static void config_unlock(void)
{
	int left = pending;

	mutex_unlock(&config);
	while (left--)
		settle();
}

static void watch(struct work_struct *w)
{
	mutex_lock(&config);
	config_unlock();
}

void setup(void)
{
	INIT_WORK(&monitor, watch);
}

SYSCALL_DEFINE0(stop)
{
	mutex_lock(&config);
	cancel_work_sync(&monitor);
	mutex_unlock(&config);
	return 0;
}
