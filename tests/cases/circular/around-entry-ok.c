/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * The mutex that a subsystem holds around a method is taken by a work item that the method waits for.  Who takes it for whom is
 * not here: rules say so.
 */
#include <linux/init.h>
#include <linux/mutex.h>
#include <linux/netdevice.h>
#include <linux/workqueue.h>

static struct work_struct service;

static void serve(struct work_struct *w)
{
	static DEFINE_MUTEX(own);

	mutex_lock(&own);
	mutex_unlock(&own);
}

static int stop(struct net_device *dev)
{
	cancel_work_sync(&service);
	return 0;
}

static const struct net_device_ops ops = { .ndo_stop = stop };

static int __init setup(void)
{
	INIT_WORK(&service, serve);
	return 0;
}
module_init(setup);
