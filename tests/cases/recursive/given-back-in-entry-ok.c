/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A method gives the mutex that is held around it back for a while, or takes it again. */
#include <linux/mutex.h>
#include <linux/netdevice.h>

/* what the method calls gives the mutex back before, and takes it again after */
static int stop(struct net_device *dev)
{
	rtnl_unlock();
	rtnl_lock();
	dev->ifindex = 0;
	return 0;
}

static const struct net_device_ops ops = { .ndo_stop = stop };
